"""What the package does where it is started by hand."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

import lambda_streaming
from lambda_streaming import _command
from tests.support.runtime_process import LAYER

WRAPPER = (LAYER / "streaming-bootstrap").read_text()


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["wrapper"], WRAPPER),
        (["--version"], f"lambda-streaming {lambda_streaming.__version__}\n"),
        (["--help"], "Usage: python -m lambda_streaming wrapper "),
        (["-h"], "Usage: python -m lambda_streaming wrapper "),
    ],
)
def test_what_it_prints(arguments: list[str], printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _command.run(arguments, ["_HANDLER"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(printed)
    assert err == ""


@pytest.mark.parametrize("arguments", [[], ["other"], ["wrapper", "more"]])
def test_anything_else_is_a_runtime_without_its_lambda(
    arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _command.run(arguments, ["AWS_LAMBDA_RUNTIME_API", "_HANDLER"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    first, usage = err.split("\n", 1)
    assert first == "lambda_streaming runs inside AWS Lambda: AWS_LAMBDA_RUNTIME_API and _HANDLER not set"
    assert usage.startswith("Usage: ")


def test_the_wrapper_is_in_the_package_where_that_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "lambda_streaming"
    package.mkdir()
    monkeypatch.setattr(_command, "__file__", str(package / "_command.py"))
    with pytest.raises(SystemExit, match="has no streaming-bootstrap: install the package again"):
        _command.wrapper()
    shutil.copy(LAYER / "streaming-bootstrap", package)
    assert _command.wrapper() == WRAPPER
