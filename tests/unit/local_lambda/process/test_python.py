"""Interpreters, /var/lang and /var/runtime."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from local_lambda.process.python import interpreter_for, make_lang, make_runtime, own_interpreter


def test_a_lang_has_no_packages_of_its_own(tmp_path: Path) -> None:
    executable = make_lang(tmp_path / "lang", own_interpreter())
    code = "import sys; print(*sys.version_info[:2]); print(*sys.path, sep='\\n')"
    done = subprocess.run([executable, "-c", code], capture_output=True, text=True, check=True)
    version, *path = done.stdout.splitlines()
    assert version == f"{sys.version_info.major} {sys.version_info.minor}"
    assert not [entry for entry in path if "site-packages" in entry or "dist-packages" in entry]


def test_a_runtime_has_what_lambda_ships(tmp_path: Path) -> None:
    make_runtime(tmp_path / "runtime")
    names = {entry.name for entry in (tmp_path / "runtime").iterdir()}
    assert {
        "runtime_client.py",
        "boto3",
        "botocore",
        "awslambdaric",
        "six.py",
        "dateutil",
        "bootstrap",
        "bootstrap.py",
    } <= names
    assert not {"samcli", "pytest", "h11", "yaml"} & names


def test_interpreters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = own_interpreter()
    assert interpreter_for(own.version) == own
    assert interpreter_for("3.99") == own
    shim = tmp_path / "python3.98"
    monkeypatch.setenv("PATH", str(tmp_path))
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert interpreter_for("3.98") == own
    shim.write_text("#!/bin/sh\necho 3.98 /somewhere/python3.98\n")
    found = interpreter_for("3.98")
    assert (str(found.executable), found.version) == ("/somewhere/python3.98", "3.98")
    broken = tmp_path / "shims" / "python3.98"  # before the one that runs
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{tmp_path}")
    assert interpreter_for("3.98") == found
    shim.write_text("#!/bin/sh\nexit 127\n")
    assert interpreter_for("3.98") == found  # it is not asked for each function again
    (tmp_path / "python3.9").write_text("#!/bin/sh\necho 3.9 /somewhere/python3.9\n")
    (tmp_path / "python3.9").chmod(0o755)
    assert interpreter_for("3.9") == own  # awslambdaric needs 3.10
