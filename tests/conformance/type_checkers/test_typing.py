"""The public types under mypy --strict and pyright: right code passes, each wrong line is refused."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import mypy.api
import pytest

from tests.support.kept import fingerprint, kept
from tests.support.runtime_process import LAYER

HERE = Path(__file__).parent
_MYPY_ERROR = re.compile(r"^.*?:(\d+): error: .*\[([\w-]+)\]$", re.MULTILINE)
_EXPECTED = re.compile(r"# mypy: (\S+); pyright: (\S+)$")


Errors = dict[int, set[str]]


def expected(tool: int) -> dict[int, str]:
    lines = enumerate((HERE / "wrong.py").read_text().splitlines(), start=1)
    return {number: match[tool] for number, line in lines if (match := _EXPECTED.search(line))}


def by_line(errors: Iterable[tuple[int, str]]) -> Errors:
    found: Errors = {}
    for line, rule in errors:
        found.setdefault(line, set()).add(rule)
    return found


def assert_refused(errors: Errors, wanted: dict[int, str]) -> None:
    assert wanted.keys() == errors.keys()
    assert {line: rule for line, rule in wanted.items() if rule not in errors[line]} == {}


def run_mypy(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Errors:
    monkeypatch.setenv("MYPYPATH", str(LAYER))
    config = tmp_path / "mypy.ini"
    config.write_text("[mypy]\n")
    # What mypy knows of the standard library's types and of frameworks', from run to run.
    cache = kept("mypy", fingerprint(metadata.version("mypy"), sys.version), lambda directory: None)
    arguments = ["--strict", "--python-version=3.11", f"--config-file={config}", f"--cache-dir={cache}"]
    output, problems, _ = mypy.api.run([*arguments, str(HERE / name)])
    assert not problems
    return by_line((int(line), code) for line, code in _MYPY_ERROR.findall(output))


def run_pyright(name: str, mode: str, tmp_path: Path) -> Errors:
    pyright = shutil.which("pyright")
    if pyright is None:
        pytest.skip("needs pyright: no such command on PATH")
    shutil.copy(HERE / name, tmp_path)
    config = tmp_path / "pyrightconfig.json"
    settings = {"extraPaths": [str(LAYER)], "pythonVersion": "3.11", "typeCheckingMode": mode}
    config.write_text(json.dumps(settings))
    command: list[str | Path] = [pyright, "--outputjson", "--project", config, "--pythonpath", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == 1, done.stdout
    return by_line(
        (problem["range"]["start"]["line"] + 1, problem["rule"])
        for problem in report["generalDiagnostics"]
        if problem["severity"] == "error"
    )


def test_mypy_accepts_right_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_mypy("right.py", tmp_path, monkeypatch) == {}


def test_mypy_refuses_each_wrong_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_refused(run_mypy("wrong.py", tmp_path, monkeypatch), expected(1))


def test_pyright_accepts_right_code(tmp_path: Path) -> None:
    assert run_pyright("right.py", "strict", tmp_path) == {}


def test_pyright_refuses_each_wrong_line(tmp_path: Path) -> None:
    assert_refused(run_pyright("wrong.py", "standard", tmp_path), expected(2))


def test_importing_the_package_does_not_import_typing() -> None:
    """Each of these would cost every cold start milliseconds."""
    code = (
        "import sys, lambda_streaming._main\n"
        "print([name for name in ('typing', 'asyncio', 'logging', 'socket') if name in sys.modules])\n"
        "from lambda_streaming import FunctionUrlEvent, Metadata\n"
        "print(Metadata.__name__, 'rawPath' in FunctionUrlEvent.__required_keys__)\n"
        "print(FunctionUrlEvent.__optional_keys__ >= {'body'})\n"
        "import lambda_streaming\n"
        "print(hasattr(lambda_streaming, 'Nonsense'))\n"
    )
    command = [sys.executable, "-S", "-c", code]  # site, by .pth files, may import anything
    done = subprocess.run(command, env={"PYTHONPATH": str(LAYER)}, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "Metadata True", "True", "False"]
