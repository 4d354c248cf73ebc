"""What a reload leaves in the working directory: one copy for each version that an environment runs."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.url_client import request
from tests.unit.local_lambda.files import write
from tools.local_lambda_process import LocalLambda, NotPrinted

TEMPLATE = """
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: {}
      Timeout: 60
      FunctionUrlConfig: {{AuthType: NONE}}
"""
HANDLER = """
import os, time
VERSION = {!r}
def handler(event, context):
    while event["rawPath"] == "/wait" and not os.path.exists({!r}):
        time.sleep(0.02)
    return VERSION
"""
SIZE = 3_000_000


@pytest.fixture
def place() -> Iterator[Path]:
    """Where the working directory is made, and nothing else."""
    with tempfile.TemporaryDirectory(prefix="place-") as name:
        yield Path(name)


def project(tmp_path: Path) -> Path:
    """A function that has been built, with a large file."""
    built = tmp_path / ".aws-sam" / "build"
    for code in (tmp_path / "src", built / "F"):
        write(code, {"app.py": handler(tmp_path, "v0")})
        (code / "model.bin").write_bytes(bytes(SIZE))
    write(tmp_path, {"template.yaml": TEMPLATE.format("src")})
    write(built, {"template.yaml": TEMPLATE.format("F")})
    return tmp_path / "template.yaml"


def handler(tmp_path: Path, version: str) -> str:
    return HANDLER.format(version, str(tmp_path / "gate"))


def save(running: LocalLambda, tmp_path: Path, version: str, said: str = "Reloaded F") -> None:
    before = running.output.count(said)
    (tmp_path / "src" / "app.py").write_text(handler(tmp_path, version))
    wait_until(lambda: running.output.count(said) > before)


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert reached()


def served(running: LocalLambda) -> str:
    return request(running.urls["F"]).body.decode()


def left(place: Path, pattern: str) -> int:
    return len(list(place.glob(f"local-lambda-*/{pattern}")))


def test_one_copy_for_each_version_in_use(tmp_path: Path, place: Path) -> None:
    with LocalLambda(project(tmp_path), environ={**os.environ, "TMPDIR": str(place)}) as running:
        for version in ("v1", "v2", "v3"):
            save(running, tmp_path, version)
            assert served(running) == version
            wait_until(lambda: left(place, "reloaded/*/*") == 1)
        answers: list[str] = []
        url = running.urls["F"]
        waiting = threading.Thread(target=lambda: answers.append(request(url, "/wait").body.decode()))
        waiting.start()
        wait_until(lambda: running.output.count("START") == 4)
        for version in ("v4", "v5"):
            save(running, tmp_path, version)
            assert served(running) == version
            wait_until(lambda: left(place, "reloaded/*/*") == 2)  # the one that waits runs in its own
        (tmp_path / "gate").touch()
        waiting.join(60)
        assert answers == ["v3"]
        save(running, tmp_path, "v6")
        wait_until(lambda: left(place, "reloaded/*/*") == left(place, "opt/*") == 1)


def test_a_zip_is_unpacked_once(tmp_path: Path, place: Path) -> None:
    write(tmp_path, {"template.yaml": TEMPLATE.format("code.zip")})

    def pack(version: str) -> None:
        with zipfile.ZipFile(tmp_path / "new", "w") as file:
            file.writestr("app.py", handler(tmp_path, version))
        (tmp_path / "new").replace(tmp_path / "code.zip")

    pack("v0")
    environ = {**os.environ, "TMPDIR": str(place)}
    with LocalLambda(tmp_path / "template.yaml", environ=environ) as running:
        for number in range(1, 3):
            pack(f"v{number}")
            wait_until(lambda: running.output.count("Reloaded") == number)  # noqa: B023
            assert served(running) == f"v{number}"
            wait_until(lambda: left(place, "unpacked/*") == 1)


@pytest.fixture
def small(place: Path) -> Iterator[Path]:
    """A disk that takes a function's large file once."""
    options = ["-t", "tmpfs", "-o", f"size={2 * SIZE - 200_000}", "tmpfs", str(place)]
    made = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"a small disk needs root: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk(tmp_path: Path, small: Path) -> None:
    """The old version is served on, with one sentence, until there is room."""
    with LocalLambda(project(tmp_path), environ={**os.environ, "TMPDIR": str(small)}) as running:
        assert served(running) == "v0"
        filler = small / "filler"
        with filler.open("wb") as file:
            free = os.statvfs(small)
            file.write(bytes(free.f_bavail * free.f_frsize))
        save(running, tmp_path, "v1", said="F is not reloaded, the old one stays: No space left on device")
        assert served(running) == "v0"
        save(running, tmp_path, "v2", said="F is not reloaded, the old one stays: No space left on device")
        filler.unlink()
        save(running, tmp_path, "v3")
        assert served(running) == "v3"
        (tmp_path / "src" / "model.bin").write_bytes(os.urandom(SIZE))
        save(running, tmp_path, "v4")
        assert served(running) == "v4"
        assert "Traceback" not in running.output


def test_a_full_disk_at_the_start(tmp_path: Path, place: Path) -> None:
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("a small disk needs root")
    try:
        with pytest.raises(NotPrinted) as ended:
            LocalLambda(project(tmp_path), environ={**os.environ, "TMPDIR": str(place)})
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
    assert "No space left on device" in str(ended.value)
    assert "Traceback" not in str(ended.value)
