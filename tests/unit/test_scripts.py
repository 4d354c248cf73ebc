"""The scripts keep to what bash 3.2 and BSD's tools know: those of macOS. (shellcheck knows only bash.)"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.runtime_process import ROOT

SCRIPTS = [path for path in (ROOT / "scripts").iterdir() if path.is_file()]

# GNU's options and bash's features since 4.0, each with what does instead.
UNKNOWN_THERE = {
    r"\breadlink\s+-f": "cd and pwd, or ask the program itself",
    r"\brealpath\b": "cd and pwd",
    r"\bsed\s+(-\w+\s+)*-i(\s|$)": "-i.bak, or another file",
    r"\bsed\s+(-\w+\s+)*(-r|--)": "-E",
    r"\bgrep\s+(-\w+\s+)*-\w*P": "-E",
    r"\bdate\s+(-\w+\s+)*(-d|--|\S*%N)": "SECONDS, or Python",
    r"\bstat\s+-c": "wc -c, or Python",
    r"\bfind\b.*-printf": "-print",
    r"\bxargs\s+(-\w+\s+)*(-r|-d)": "a loop",
    r"\bsort\s+-\w*V": "Python",
    r"\bbase64\s+-w": "tr -d",
    r"\b(head|tail)\s+-n\s+-\d": "Python",
    r"\bmktemp\s+--": "mktemp, mktemp -d",
    r"\b(mapfile|readarray|coproc)\b": "a loop",
    r"\b(declare|local|typeset)\s+-\w*[An]": "a function",
    r"\$\{\w+(,,|\^\^)": "tr",
    r"&>>|\|&": ">>file 2>&1",
    r"\bwait\s+-n\b": "wait PID",
    r"\[\[\s+-v\b": "${name+set}",
    r"printf\s+.%\(": "date",
}


def code(path: Path) -> list[tuple[int, str]]:
    lines = path.read_text().splitlines()
    return [(number, line) for number, line in enumerate(lines, 1) if not line.lstrip().startswith("#")]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_runs_on_macos(path: Path) -> None:
    assert path.read_text().startswith("#!/usr/bin/env bash\n")
    found = [
        f"{path.name}:{number}: {line.strip()} (instead: {instead})"
        for number, line in code(path)
        for form, instead in UNKNOWN_THERE.items()
        if re.search(form, line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "x=$(readlink -f y)",
        "sed -i s/a/b/ f",
        "mapfile -t a < f",
        "declare -A m",
        "date +%s%N",
        "echo ${a,,}",
    ],
)
def test_what_it_would_find(line: str) -> None:
    assert any(re.search(form, line) for form in UNKNOWN_THERE)


@pytest.mark.parametrize("line", ["sed -n s/a/b/p f", "sed -i.bak s/a/b/ f", "date +%s", "wait $pid"])
def test_what_is_fine(line: str) -> None:
    assert not any(re.search(form, line) for form in UNKNOWN_THERE)
