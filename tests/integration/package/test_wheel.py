"""What is in the wheel, and that it says the version that everything else says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from lambda_streaming import __version__
from tests.support.interpreters import interpreters
from tests.support.package import wheel
from tests.support.runtime_process import LAYER, ROOT
from tools.compile_layer import Project


def test_it_has_the_package_what_starts_it_and_compiled_code() -> None:
    with zipfile.ZipFile(wheel()) as archive:
        names = set(archive.namelist())
    sources = {f"lambda_streaming/{path.name}" for path in (LAYER / "lambda_streaming").glob("*.py")}
    others = {"lambda_streaming/py.typed", "lambda_streaming/streaming-bootstrap"}
    start = {"zz_lambda_streaming.pth", "zz_lambda_streaming.start"}
    compiled = {
        importlib.util.cache_from_source(source).replace(sys.implementation.cache_tag or "", tag)
        for source in sources - {"lambda_streaming/__main__.py"}
        for tag in (f"cpython-{version.replace('.', '')}" for version in interpreters())
    }
    assert {*sources, *others, *start, *compiled} <= names
    rest = {name for name in names if ".dist-info/" not in name and "__pycache__" not in name}
    assert rest == sources | others | start


def test_it_has_no_dependencies_and_the_version_of_everything_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel()) as archive:
        archive.extractall(tmp_path)
    [metadata] = tmp_path.glob("*.dist-info/METADATA")
    head = metadata.read_text().partition("\n\n")[0]
    assert f"\nVersion: {__version__}\n" in head
    assert "Requires-Dist" not in head
    command = [sys.executable, "-m", "lambda_streaming", "--version"]
    shown = subprocess.run(command, env={"PYTHONPATH": str(tmp_path)}, check=True, capture_output=True)
    assert shown.stdout.decode() == f"lambda-streaming {__version__}\n"
    layer = re.search(r'Description: "lambda_streaming (\S+):', (ROOT / "template.yaml").read_text())
    assert layer
    assert layer[1] == __version__


def test_it_declares_the_pythons_of_the_layer() -> None:
    classifiers = tomllib.loads((LAYER / "pyproject.toml").read_text())["project"]["classifiers"]
    declared = {name.rpartition(" ")[2] for name in classifiers if re.search(r":: 3\.\d+$", name)}
    assert declared >= {*Project(ROOT).declared}
