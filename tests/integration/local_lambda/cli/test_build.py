"""`--build`: `sam build` itself, when it is due, for what can be built here."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support import measured, preloaded
from tests.support.runtime_process import ROOT
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
BUILDING = "Building with sam build ..."


def wheel(directory: Path, name: str) -> None:
    """A package that can be installed without a registry."""
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(directory / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}.py", "value = 'installed'\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


def function(name: str, runtime: str) -> str:
    return (
        f"  {name}:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: {name.lower()}\n"
        f"      Runtime: {runtime}\n      Handler: app.handler\n      FunctionUrlConfig: {{AuthType: NONE}}\n"
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    functions = {
        "Needs": (f"python{VERSION}", "import needed\ndef handler(e, c): return needed.value\n", "needed\n"),
        "Old": ("python3.8", "def handler(e, c): return 'old'\n", "needed\n"),  # a Python that is not here
        "Wrong": (f"python{VERSION}", "def handler(e, c): return 'wrong'\n", "nowhere-to-be-had\n"),
    }
    for name, (_, source, requirements) in functions.items():
        (tmp_path / name.lower()).mkdir()
        (tmp_path / name.lower() / "app.py").write_text(source)
        (tmp_path / name.lower() / "requirements.txt").write_text(requirements)
    declared = "".join(function(name, runtime) for name, (runtime, *_) in functions.items())
    (tmp_path / "template.yaml").write_text(f"Transform: AWS::Serverless-2016-10-31\nResources:\n{declared}")
    (tmp_path / "wheels").mkdir()
    wheel(tmp_path / "wheels", "needed")
    return tmp_path


def environ(project: Path) -> dict[str, str]:
    """No Python but the one that runs us, and packages from one folder only."""
    return {
        "HOME": str(project),
        "PATH": "/nowhere",
        "PYTHONPATH": str(ROOT),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(project / "wheels"),
        **measured.VARIABLES,
    }


def test_what_can_be_built_is_and_the_rest_is_served(project: Path) -> None:
    with LocalLambda(project / "template.yaml", "--build", ports=4, environ=environ(project)) as running:
        assert BUILDING in running.output
        assert request(running.urls["Needs"]).body == b"installed"
        assert request(running.urls["Old"]).body == b"old"
        assert request(running.urls["Wrong"]).body == b"wrong"
        notes = [line for line in running.output.splitlines() if line.startswith("Note: ")]
    (old,) = (note for note in notes if note.startswith("Note: Old is served without dependencies"))
    for way in (
        "Install Python 3.8",
        "uv python install 3.8",
        f"Runtime to python{VERSION}",
        "--use-container",
    ):
        assert way in old
    (wrong,) = (note for note in notes if note.startswith("Note: Wrong is served unbuilt"))
    assert "nowhere-to-be-had" in wrong
    # Not the user's own build now: what is wrong is said again, and may be right by then.
    with LocalLambda(project / "template.yaml", "--build", ports=4, environ=environ(project)) as running:
        assert BUILDING in running.output
        assert wrong in running.output


def test_it_builds_what_has_changed_and_nothing_twice(project: Path) -> None:
    template = project / "template.yaml"
    declared = function("Needs", f"python{VERSION}") + function("Old", "python3.8")
    template.write_text(f"Transform: AWS::Serverless-2016-10-31\nResources:\n{declared}")

    def start() -> str:
        with LocalLambda(template, "--build", ports=3, environ=environ(project)) as running:
            assert request(running.urls["Needs"]).body in (b"installed", b"changed")
            return running.output

    assert BUILDING in start()
    again = start()
    assert BUILDING not in again
    assert "Old is served without dependencies" in again
    source = project / "needs" / "app.py"
    before = source.stat()
    source.write_text(source.read_text().replace("needed.value", "'changed'   "))
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))  # as an archive or rsync does
    assert BUILDING in start()
    (project / "old" / "requirements.txt").unlink()
    assert BUILDING in start()
    # The user's own build is his, in a container or not.
    command = [str(preloaded.command("sam")), "build"]
    own = environ(project) | {"SAM_CLI_TELEMETRY": "0", "PATH": str(Path(sys.executable).parent)}
    subprocess.run(command, cwd=project, env=own, capture_output=True, timeout=60, check=True)
    assert BUILDING not in start()


def test_a_build_that_nothing_can_save_shows_why(project: Path) -> None:
    config = "version = 0.1\n[default.build.parameters]\nbuild_dir = '/dev/null/nowhere'\n"
    (project / "samconfig.toml").write_text(config)
    command = [sys.executable, "-m", "local_lambda", "invoke", "Old", "--build"]
    done = subprocess.run(
        command, cwd=project, env=environ(project), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "/dev/null/nowhere" in done.stderr
    assert done.stderr.endswith("local_lambda: `sam build` failed: its output is above.\n")
