from __future__ import annotations

from pathlib import Path

from local_lambda.process.unused import remove_unused
from tests.unit.local_lambda.files import tree, write


def test_what_is_in_use_stays(tmp_path: Path) -> None:
    write(tmp_path, {"1/python/a": "", "2/a": "", "3/a": ""})
    remove_unused(sorted(tmp_path.iterdir()), {tmp_path / "1" / "python", tmp_path / "3"})
    assert sorted(tree(tmp_path)) == ["1/python/a", "3/a"]
