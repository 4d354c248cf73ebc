"""`precompile`, of what the real `sam build` has built."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.integration.local_lambda.cli.test_build import wheel
from tests.support import measured, preloaded
from tests.support.interpreters import interpreters
from tests.support.runtime_process import ROOT
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHERS = [version for version in interpreters() if version != OWN]
OTHER = OTHERS[0] if OTHERS else "3.8"
TAG = sys.implementation.cache_tag

TEMPLATE = f"""
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {{Handler: app.handler, Timeout: 60, FunctionUrlConfig: {{AuthType: NONE}}}}
Resources:
  Needs:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: needs, Runtime: python{OWN}, Layers: [!Ref Shared, !Ref Plain]}}
  Elsewhere:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: plain, Runtime: python{OTHER}, Layers: [!Ref Shared]}}
  Missing:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: plain, Runtime: python3.9}}
  Script:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: script, Runtime: nodejs22.x}}
  Shared:
    Type: AWS::Serverless::LayerVersion
    Metadata: {{BuildMethod: python{OWN}}}
    Properties: {{ContentUri: shared, CompatibleRuntimes: [python{OWN}, python{OTHER}]}}
  Plain:
    Type: AWS::Serverless::LayerVersion
    Properties: {{ContentUri: unbuilt}}
"""
SOURCES = {
    "needs/app.py": "import needed\ndef handler(event, context): return needed.value\n",
    "needs/requirements.txt": "needed\n",
    "plain/app.py": "def handler(event, context): return 'plain'\n",
    "script/app.js": "exports.handler = async () => 'script'\n",
    "shared/shared.py": "x = 1\n",
    "unbuilt/python/unbuilt.py": "x = 1\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {"template.yaml": TEMPLATE, **SOURCES}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "wheels").mkdir()
    wheel(tmp_path / "wheels", "needed")
    return tmp_path


@pytest.fixture
def environ(project: Path) -> Mapping[str, str]:
    """The Pythons of the tests and no others, and packages from one folder only."""
    pythons = project / "pythons"
    pythons.mkdir()
    for version in OTHERS[:1]:
        (pythons / f"python{version}").symlink_to(interpreters()[version])
    return {
        "HOME": str(project),
        "PATH": f"{Path(sys.executable).parent}:{pythons}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(project / "wheels"),
        "SAM_CLI_TELEMETRY": "0",
        **measured.VARIABLES,
    }


def sam_build(project: Path, environ: Mapping[str, str]) -> None:
    command = [str(preloaded.command("sam")), "build"]
    subprocess.run(command, cwd=project, env=environ, check=True, capture_output=True, timeout=120)


def precompile(project: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [str(preloaded.command("local_lambda")), "precompile"]
    return subprocess.run(
        command, cwd=project, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


def compiled(project: Path) -> dict[str, bytes]:
    build = project / ".aws-sam" / "build"
    return {path.relative_to(build).as_posix(): path.read_bytes() for path in sorted(build.rglob("*.pyc"))}


def test_a_build_is_compiled_and_stays_what_it_is(project: Path, environ: Mapping[str, str]) -> None:
    sam_build(project, environ)
    assert compiled(project) == {}  # what all this is for: not even the installed package's
    done = precompile(project, environ)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    own, other = f"cpython-{OWN.replace('.', '')}", f"cpython-{OTHER.replace('.', '')}"
    expected = {f"Needs/__pycache__/{name}.{own}.pyc" for name in ("app", "needed")}
    expected.add(f"Shared/python/__pycache__/shared.{own}.pyc")
    if OTHERS:
        expected |= {
            f"Elsewhere/__pycache__/app.{other}.pyc",
            f"Shared/python/__pycache__/shared.{other}.pyc",
        }
        assert any(line.startswith(f"Elsewhere, Python {OTHER}: 1 file compiled, ") for line in lines)
        assert any(line.startswith(f"Shared, a layer, Python {OTHER}: 1 file compiled, ") for line in lines)
    assert set(compiled(project)) == expected
    assert any(line.startswith(f"Needs, Python {OWN}: 2 files compiled, ") for line in lines)
    [missing] = [line for line in lines if line.startswith("Missing")]
    assert "not compiled, for want of a Python 3.9" in missing
    assert not any("Script" in line for line in lines)
    # Nothing of the sources, nor of a layer that is zipped from its source.
    kept = [path for path in project.rglob("*.pyc") if ".aws-sam" not in path.parts]
    assert kept == []

    # What is served follows its source all the same.
    before = compiled(project)
    with LocalLambda(project / "template.yaml", ports=5, environ=environ) as local:
        assert request(local.urls["Needs"]).body == b"installed"
        (project / "needs" / "app.py").write_text("def handler(event, context): return 'changed'\n")
        local.wait_for("Reloaded")
        assert request(local.urls["Needs"]).body == b"changed"
        (project / "needs" / "app.py").write_text(SOURCES["needs/app.py"])

    # Another build of the same sources becomes the same, with new times.
    sam_build(project, environ)
    assert compiled(project) == {}
    precompile(project, environ)
    assert compiled(project) == before


def test_there_must_be_a_build(project: Path, environ: Mapping[str, str]) -> None:
    done = precompile(project, environ)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == f"local_lambda: There is no build of {project / 'template.yaml'}: run `sam build` first.\n"
    )
