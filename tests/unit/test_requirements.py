"""What serving installs: everything that it imports, and nothing else."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator

from local_lambda.process.python import SHIPPED
from tests.support.runtime_process import ROOT


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text().splitlines()
    found = [line.partition("==") for line in lines if "==" in line and not line.lstrip().startswith("#")]
    return {
        f"{package}{version.partition(';')[2]}": version.partition(" ")[0] for package, _, version in found
    }


def wanted() -> set[str]:
    lines = (ROOT / "requirements-local.in").read_text().splitlines()
    return {re.split(r"[~=<> ]", line)[0] for line in lines if line and not line.startswith("#")}


def imported() -> Iterator[str]:
    for path in (ROOT / "local_lambda").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def test_it_is_part_of_what_developing_installs() -> None:
    serving, developing = pins("requirements-local.txt"), pins("requirements-dev.txt")
    assert len(serving) > 50
    assert serving == {package: developing.get(package) for package in serving}


def test_what_serving_imports_is_installed_and_what_it_does_not_is_not() -> None:
    foreign = set(imported()) - set(sys.stdlib_module_names) - {"local_lambda"}
    of = importlib.metadata.packages_distributions()
    used = {of[module][0] for module in foreign} | set(SHIPPED)
    assert used <= {package.partition(" ")[0] for package in pins("requirements-local.txt")}
    # debugpy is found, and imported by functions.
    assert wanted() <= used | {"debugpy"}


def test_the_package_declares_what_serving_installs() -> None:
    lines = (ROOT / "requirements-local.in").read_text().splitlines()
    listed = {line.partition("#")[0].strip() for line in lines} - {""}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(project["dependencies"]) == listed


def test_no_command_of_the_user_s_is_hidden() -> None:
    """With .venv active, `aws` is the user's own: an AWS CLI of version 2, which is not on PyPI."""
    assert "awscli" not in pins("requirements-dev.txt")
