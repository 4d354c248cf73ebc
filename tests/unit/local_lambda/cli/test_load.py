"""Which template is served."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_lambda.cli.load import find_template
from local_lambda.model.function import ConfigurationError


@pytest.mark.parametrize("name", ["template.yaml", "template.yml", "template.json"])
def test_that_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).touch()
    (tmp_path / "template.toml").touch()
    assert find_template(None) == tmp_path / name
    assert find_template(Path("other.yaml")) == Path("other.yaml")


def test_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=f"in {tmp_path}: name a template with -t"):
        find_template(None)
