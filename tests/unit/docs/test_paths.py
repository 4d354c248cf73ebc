"""Whatever file a page names or links to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.runtime_process import ROOT

_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)")
_FILE = re.compile(r"[\w.][\w./-]*")
_SUFFIXES = {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".in", ".txt", ".sh"}

PAGES = sorted(
    str(page.relative_to(ROOT))
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/**/*.md")]
    if not {".venv", "node_modules", ".aws-sam"} & set(page.parts)
)
# On these pages every path is one of the project; others name files of AWS, of users and of containers too.
MAPS = ("CONTRIBUTING.md", "docs/architecture.md")
# Made by commands, and in no checkout.
_MADE = (".venv", ".aws-sam", "dist")
# The names of files that every folder of one shape has.
_SHAPE = {"handler.py", "event.py", "request.py", "response.py", "errors.py"}


def _words(text: str) -> list[str]:
    inline = _CODE.findall(_FENCE.sub("", text))
    return [word.removeprefix("./").rstrip(",;:") for code in inline for word in code.split()]


def _is_path(word: str) -> bool:
    return bool(_FILE.fullmatch(word)) and ("/" in word or Path(word).suffix in _SUFFIXES)


@pytest.mark.parametrize("page", MAPS)
def test_every_path_of_a_map_exists(page: str) -> None:
    named = [word for word in _words((ROOT / page).read_text()) if _is_path(word)]
    assert len(named) > 20
    missing = [
        word
        for word in named
        if not word.startswith(_MADE) and word not in _SHAPE and not (ROOT / word).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_every_path_below_a_folder_of_the_project_exists(page: str) -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()} - {".venv", ".aws-sam", "node_modules"}
    named = [word for word in _words((ROOT / page).read_text()) if "/" in word and _FILE.fullmatch(word)]
    missing = [word for word in named if word.split("/")[0] in folders and not (ROOT / word).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_project_leads_somewhere(page: str) -> None:
    links = _LINK.findall((ROOT / page).read_text())
    local = [link for link in links if not link.startswith(("http://", "https://"))]
    assert [link for link in local if not (ROOT / page).parent.joinpath(link).exists()] == []


_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_ANCHOR = re.compile(r"\]\(([^)#\s]*)#([\w-]+)\)")


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_every_anchor_within_the_project_is_a_heading(page: str) -> None:
    lost = []
    for link, anchor in _ANCHOR.findall((ROOT / page).read_text()):
        if not link.startswith(("http://", "https://")):
            target = (ROOT / page).parent / link if link else ROOT / page
            headings = map(_anchor, _HEADING.findall(_FENCE.sub("", target.read_text())))
            if anchor not in headings:
                lost.append(f"{link}#{anchor}")
    assert lost == []
