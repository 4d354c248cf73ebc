"""docs/architecture.md shows the levels as import-linter checks them."""

from __future__ import annotations

import re
import tomllib

from tests.support.runtime_process import ROOT


def test_the_table_of_levels_is_the_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    [contract] = [
        one for one in settings["tool"]["importlinter"]["contracts"] if one["containers"] == ["local_lambda"]
    ]
    page = (ROOT / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| (`local_lambda/.*?) \|", page, re.MULTILINE)
    shown = [set(re.findall(r"local_lambda/(\w+)/", row)) for row in rows]
    assert shown == [set(re.split(r" [|:] ", level)) for level in contract["layers"] if level != "__main__"]
