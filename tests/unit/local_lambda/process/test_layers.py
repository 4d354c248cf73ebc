"""The contents of /opt."""

from __future__ import annotations

from pathlib import Path

from local_lambda.model.function import Layer
from local_lambda.process.layers import make_opt
from tests.unit.local_lambda.files import tree, write


def test_later_layers_win(tmp_path: Path) -> None:
    one = write(tmp_path / "1", {"python/a.py": "1", "python/p/x.py": "1", "bin/tool": "1", "thing": "1"})
    two = write(tmp_path / "2", {"python/a.py": "2", "python/p/y.py": "2", "thing/inner": "2"})
    three = write(tmp_path / "3", {"a.py": "3", "p/x.py": "3"})
    opt = tmp_path / "opt"
    make_opt(opt, [Layer(one), Layer(two), Layer(three, "python")])
    assert tree(opt) == {
        "python/a.py": "3",
        "python/p/x.py": "3",
        "python/p/y.py": "2",
        "bin/tool": "1",
        "thing/inner": "2",
    }
    assert tree(one)["python/a.py"] == "1"
    make_opt(tmp_path / "empty", [])
    assert tree(tmp_path / "empty") == {}
