"""The compiled code that the layer ships: current, and never used when it is not."""

from __future__ import annotations

import _imp
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.runtime_process import LAYER, ROOT, RuntimeProcess

PACKAGE = LAYER / "lambda_streaming"

HANDLER = """
import sys
import lambda_streaming.errors as errors

def handler(event, context):
    if event.get("fail"):
        errors.error_document(None)
    compiled = type(errors.__loader__).__name__ == "CompiledModules"
    return {"compiled": compiled, "file": errors.__file__, "package": errors.__package__}
"""


@pytest.mark.parametrize("compiled", sorted(PACKAGE.glob("compiled/*.bin")), ids=lambda path: path.stem)
def test_what_is_shipped_is_current(compiled: Path) -> None:
    left_out = ("__main__", "types")
    sources = {file.stem: file.read_bytes() for file in PACKAGE.glob("*.py") if file.stem not in left_out}
    # Source hashes are the same for every version, and stand in the file as they are.
    data = compiled.read_bytes()
    for name, source in sources.items():
        assert _imp.source_hash(0, source) in data, f"{name}.py has changed: run scripts/compile-layer"


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """A copy of the layer, compiled for the Python that runs the tests."""
    copy = tmp_path / "project" / "layers" / "streaming"
    shutil.copytree(LAYER, copy, ignore=shutil.ignore_patterns("compiled", "__pycache__"))
    script = tmp_path / "project" / "scripts" / "compile-layer"
    script.parent.mkdir()
    shutil.copy(ROOT / "scripts" / "compile-layer", script)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert f"{sys.implementation.cache_tag}.bin" in done.stdout
    return copy


def run(tmp_path: Path, layer: Path) -> dict[str, object]:
    with RuntimeProcess(tmp_path, HANDLER, layer=layer) as runtime:
        runtime.api.invoke()
        answer: dict[str, object] = runtime.api.answer().json
        runtime.api.invoke({"fail": True})
        assert runtime.api.answer().path.endswith("/error")
        assert f'File "{layer}/lambda_streaming/errors.py"' in runtime.log
        return answer


def test_compiled_code_is_used_while_it_is_current(tmp_path: Path, layer: Path) -> None:
    expected = {"file": f"{layer}/lambda_streaming/errors.py", "package": "lambda_streaming"}
    assert run(tmp_path, layer) == {"compiled": True, **expected}
    source = layer / "lambda_streaming" / "errors.py"
    source.write_text(source.read_text() + "\n# changed\n")
    assert run(tmp_path, layer) == {"compiled": False, **expected}


def test_compiled_code_of_another_version_is_not_read(tmp_path: Path, layer: Path) -> None:
    compiled = layer / "lambda_streaming" / "compiled" / f"{sys.implementation.cache_tag}.bin"
    compiled.write_bytes(b"\0\0\r\n" + compiled.read_bytes()[4:])
    assert run(tmp_path, layer)["compiled"] is False


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-100], lambda data: data[:4], lambda data: data[:4] + b"N"]
)
def test_a_damaged_file_is_passed_over(tmp_path: Path, layer: Path, damage: Callable[[bytes], bytes]) -> None:
    compiled = layer / "lambda_streaming" / "compiled" / f"{sys.implementation.cache_tag}.bin"
    compiled.write_bytes(damage(compiled.read_bytes()))
    assert run(tmp_path, layer)["compiled"] is False


def test_compile_layer_explains_itself() -> None:
    for option, status in (("--help", 0), ("--nonsense", 2)):
        done = subprocess.run(
            [sys.executable, ROOT / "scripts" / "compile-layer", option], capture_output=True, text=True
        )
        assert done.returncode == status
        assert "scripts/compile-layer" in done.stderr
