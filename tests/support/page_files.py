"""The files and the changes of files that a page of docs/ shows.

A file is a fenced block below ``<!-- file: PATH -->``; a change, with all of the file, is a diff below
``<!-- diff: PATH -->``.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.runtime_process import ROOT

_BLOCK = r"<!-- {}: (\S+) -->\n```\w+\n(.*?)```"


def page(name: str) -> str:
    """The text of a page."""
    return (ROOT / "docs" / name).read_text()


def files(text: str) -> dict[str, str]:
    """The files of a page by their paths."""
    return dict(re.findall(_BLOCK.format("file"), text, re.DOTALL))


def changed(text: str) -> dict[str, str]:
    """What the files of a page are after the changes that it shows."""
    found = re.findall(_BLOCK.format("diff"), text, re.DOTALL)
    return {
        path: "".join(line[1:] for line in change.splitlines(keepends=True) if not line.startswith("-"))
        for path, change in found
    }


def write(directory: Path, texts: dict[str, str]) -> None:
    """Put files into a folder."""
    for name, text in texts.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
