"""Another exec wrapper beside ours: Lambda has one variable for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.lambda_streaming.conftest import Start
from tests.support.runtime_process import LAYER

HANDLER = """
    import os
    from lambda_streaming import streamify_response

    @streamify_response
    def handler(event, context):
        yield f"wrapped {os.environ.get('WRAPPED')}"
    """
MANAGED = "import os, sys; print('managed', sys.argv, os.environ['WRAPPED']); sys.exit(7)"


def wrapper(directory: Path, script: str) -> dict[str, str]:
    """Return the variable that names a wrapper, which does ``script``."""
    path = directory / "wrapper"
    path.write_text(f"#!/bin/bash\nexport WRAPPED=yes\n{script}\n")
    path.chmod(0o755)
    return {"LAMBDA_STREAMING_NEXT_WRAPPER": str(path)}


@pytest.mark.parametrize(
    "script",
    [
        'exec "$@"',
        # As AWS's documentation adds options of the interpreter: ahead of the last argument.
        'args=("$@")\nargs=("${args[@]:0:$#-1}" "-X" "utf8" "${args[@]: -1}")\nexec "${args[@]}"',
        # As OpenTelemetry's: another program starts what it is given.
        "exec python3 -c 'import os, sys; os.execv(sys.argv[1], sys.argv[1:])' \"$@\"",
        f'exec "{LAYER}/streaming-bootstrap" "$@"',
    ],
)
def test_it_is_started_around_our_loop(start: Start, tmp_path: Path, script: str) -> None:
    runtime = start(HANDLER, environment=wrapper(tmp_path, script))
    assert runtime.invoke().body == b"wrapped yes"


def test_the_switch_hands_back_to_the_managed_loop_through_it(start: Start, tmp_path: Path) -> None:
    environment = {**wrapper(tmp_path, 'exec "$@"'), "LAMBDA_STREAMING_DISABLED": "1"}
    runtime = start(HANDLER, files={"bootstrap.py": MANAGED}, environment=environment)
    assert runtime.wait() == 7
    assert runtime.log == "managed ['bootstrap.py'] yes\n"


def test_it_may_be_the_outer_one(start: Start, tmp_path: Path) -> None:
    """Whoever writes it into AWS_LAMBDA_EXEC_WRAPPER has it call ours."""
    path = tmp_path / "outer"
    path.mkdir()
    script = path / "streaming-bootstrap"
    script.write_text(f'#!/bin/sh\nexport WRAPPED=yes\nexec "{LAYER}/streaming-bootstrap" "$@"\n')
    script.chmod(0o755)
    assert start(HANDLER, layer=path).invoke().body == b"wrapped yes"


def test_a_wrapper_that_cannot_be_started(start: Start, tmp_path: Path) -> None:
    missing = start(HANDLER, environment={"LAMBDA_STREAMING_NEXT_WRAPPER": "/opt/otel-instrument"})
    assert missing.wait() == 127
    assert missing.log == "LAMBDA_STREAMING_NEXT_WRAPPER: /opt/otel-instrument: does not exist\n"
    variable = wrapper(tmp_path, "")
    Path(variable["LAMBDA_STREAMING_NEXT_WRAPPER"]).chmod(0o644)
    plain = start(HANDLER, environment=variable)
    assert plain.wait() == 126
    assert plain.log.endswith(": is not an executable\n")
