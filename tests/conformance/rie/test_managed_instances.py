"""The runtime under the emulator's managed-instances mode, which looks at trailers; classic mode does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conformance.rie.emulator import Emulator
from tests.conformance.rie.managed_instances import ManagedInstances, why_not

HANDLER = """
import os, time
from lambda_streaming import streamify_response

@streamify_response
def handler(event, context):
    yield {"statusCode": 200, "headers": {"Content-Type": "text/plain"}}
    yield f"{os.getpid()} "
    if event.get("meet"):
        deadline = time.monotonic() + 10
        open(f"/tmp/{event['meet']}.{os.getpid()}", "w").close()
        while len([n for n in os.listdir("/tmp") if n.startswith(event["meet"])]) < 2:
            if time.monotonic() > deadline:
                raise TimeoutError("nobody else came")
            time.sleep(0.01)
    if event.get("fail"):
        raise ValueError("after the first byte, \\u00e9\\n")
    yield "done"
"""


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if reason := why_not():
        pytest.skip(reason)
    with ManagedInstances(tmp_path_factory.mktemp("lmi"), HANDLER, places=2) as running:
        yield running


def test_trailers_carry_an_error_after_the_first_byte(emulator: Emulator) -> None:
    for _ in range(2):
        status, headers, body = emulator.invoke_with_headers(b'{"fail": true}')
        # The emulator shows the caller the error of the trailers, decoded, in the place of the body.
        assert status == 200
        assert headers["Error-Type"] == "Runtime.Unknown"  # its own name for any type that is none of AWS's
        error = json.loads(body)
        assert error["errorType"] == "ValueError"
        assert error["errorMessage"] == "after the first byte, \u00e9\n"
        assert 'File "/var/task/app.py", line ' in error["stackTrace"][0]
    status, headers, body = emulator.invoke_with_headers(b"{}")
    assert (status, headers["Error-Type"]) == (200, None)
    assert headers["Content-Type"] == "application/vnd.awslambda.http-integration-response"
    assert body.endswith(b"done")


def test_two_invocations_run_at_the_same_time(emulator: Emulator) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(emulator.invoke_with_headers, [b'{"meet": "both"}'] * 2))
    bodies = [body.partition(b"\0" * 8)[2].split() for _, _, body in answers]
    assert [words[-1] for words in bodies] == [b"done", b"done"]
    assert bodies[0][0] != bodies[1][0], "one process served both"
