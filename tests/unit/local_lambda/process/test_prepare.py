"""Which runtimes can be started."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_lambda.model.function import ConfigurationError, FunctionConfiguration
from local_lambda.process.prepare import check_runtime


@pytest.mark.parametrize("runtime", ["python3.8", "python3.14", "nodejs22.x", "provided", "provided.al2023"])
def test_supported_runtimes(tmp_path: Path, runtime: str) -> None:
    check_runtime(
        FunctionConfiguration(logical_id="F", name="f", runtime=runtime, handler="h", code=tmp_path)
    )


@pytest.mark.parametrize("runtime", ["nodejs", "python2.7", "ruby3.3", "None", ""])
def test_unsupported_runtimes(tmp_path: Path, runtime: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^F declares the runtime .*: python3\.x, nodejs"):
        check_runtime(
            FunctionConfiguration(logical_id="F", name="f", runtime=runtime, handler="h", code=tmp_path)
        )
