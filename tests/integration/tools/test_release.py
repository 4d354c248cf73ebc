"""What is released: the same twice, and what each part is for; the layer, published at a stand-in for AWS."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lambda_streaming import __version__
from tests.support.moto_server import REGION, moto_aws
from tests.support.runtime_process import LAYER, ROOT
from tools.release.__main__ import SUMS, release

LAYER_ZIP = f"lambda-streaming-layer-{__version__}.zip"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    release(target)
    return target


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_it_is_the_same_twice_byte_for_byte(dist: Path, tmp_path: Path) -> None:
    (tmp_path / "left from before").touch()
    release(tmp_path)
    assert contents(tmp_path) == contents(dist)
    assert set(contents(dist)) == {
        SUMS,
        LAYER_ZIP,
        f"lambda-streaming-starter-{__version__}.zip",
        f"lambda_streaming-{__version__}-py3-none-any.whl",
        f"lambda_streaming-{__version__}.tar.gz",
        f"streaming_local_lambda-{__version__}-py3-none-any.whl",
        f"streaming_local_lambda-{__version__}.tar.gz",
    }


def test_the_sums_are_those_of_the_files(dist: Path) -> None:
    pairs = [line.split("  ") for line in (dist / SUMS).read_text().splitlines()]
    lines = {name: digest for digest, name in pairs}
    assert lines == {
        name: hashlib.sha256(data).hexdigest() for name, data in contents(dist).items() if name != SUMS
    }


def test_the_layer_has_its_wrapper_executable_and_its_code_compiled(dist: Path) -> None:
    with zipfile.ZipFile(dist / LAYER_ZIP) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes["python/streaming-bootstrap"] == 0o100755
    sources = {f"python/lambda_streaming/{path.name}" for path in (LAYER / "lambda_streaming").glob("*.py")}
    assert sources <= set(modes)
    tag = sys.implementation.cache_tag
    assert f"python/lambda_streaming/__pycache__/_main.{tag}.pyc" in modes
    assert {mode for name, mode in modes.items() if not name.endswith("bootstrap")} == {0o100644}


def test_the_compiled_code_of_the_layer_is_imported_without_a_look_at_its_source(
    dist: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(dist / LAYER_ZIP) as archive:
        archive.extractall(tmp_path)
    package = tmp_path / "python" / "lambda_streaming"
    for module in package.glob("*.py"):
        module.write_text("raise SystemExit('the source was compiled')")
    code = "from lambda_streaming import sse, __version__; print(__version__)"
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(package.parent)!r}); {code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{__version__}\n", "")


def published(dist: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.release.publish_layer", "--dist", str(dist), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(LAYER)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_the_layer_is_published_once_for_the_same_content(dist: Path) -> None:
    with moto_aws("lambda") as client:
        first = published(dist, "--region", REGION, "--region", "eu-west-1", "--public")
        assert first.returncode == 0, first.stderr
        arns = first.stdout.splitlines()
        assert [arn.split(":")[3] for arn in arns] == [REGION, "eu-west-1"]
        assert all(arn.endswith(":layer:lambda-streaming:1") for arn in arns)
        assert published(dist, "--region", REGION).stdout == f"{arns[0]}\n"
        version: Any = client.get_layer_version(LayerName="lambda-streaming", VersionNumber=1)
    assert version["Description"].startswith(f"lambda_streaming {__version__}: ")
    assert version["CompatibleArchitectures"] == ["x86_64", "arm64"]
    assert version["CompatibleRuntimes"] == ["python3.11", "python3.12", "python3.13", "python3.14"]
    digest = hashlib.sha256((dist / LAYER_ZIP).read_bytes()).digest()
    assert version["Content"]["CodeSha256"] == base64.b64encode(digest).decode()


def test_without_a_release_or_without_aws_it_says_so(dist: Path, tmp_path: Path) -> None:
    missing = published(tmp_path)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "run ./scripts/release" in missing.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        refused = published(dist, "--region", REGION)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"publish-layer: {REGION}: Could not connect to the endpoint URL")
