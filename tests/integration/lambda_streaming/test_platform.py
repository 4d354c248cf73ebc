"""What the platform may do: refuse, cut, hold back, send much, and go away."""

from __future__ import annotations

import hashlib
import json
import random
import re

import pytest

from tests.integration.lambda_streaming.conftest import Start

SEVERAL = """
import os
from lambda_streaming import HttpResponseStream, pipeline, streamify_response

@streamify_response
def handler(event, context):
    if event.get("fail"):
        raise ValueError("failed")
    yield "a"
    yield "b"
    if event.get("fail late"):
        raise ValueError("failed late")
"""

BUFFERED = """
def handler(event, context):
    if event.get("fail"):
        raise ValueError("failed")
    return "fine"
"""

REFUSALS = {
    400: "InvalidRequestID",
    403: "InvalidStateTransition",
    410: "InvokeTimeout",
    413: "RequestEntityTooLarge",
}


def refusal(status: int) -> tuple[int, str]:
    return status, json.dumps({"errorMessage": f"words of AWS for {status}", "errorType": REFUSALS[status]})


@pytest.mark.parametrize("source", [SEVERAL, BUFFERED], ids=["streamed", "buffered"])
def test_a_refused_response_is_logged_and_survived(start: Start, source: str) -> None:
    runtime = start(source)
    for event in ({}, {"fail": True}, {"fail late": True}):
        for status, error_type in REFUSALS.items():
            before = len(runtime.log)
            assert runtime.invoke(event, answer=refusal(status)).complete
            assert runtime.invoke().complete
            log = runtime.log[before:]
            assert f"words of AWS for {status}" in log
            assert error_type in log
            assert ("Function.ResponseSizeTooLarge" in log) == (status == 413)
    assert runtime.api.connections == 1
    assert runtime.process.poll() is None


@pytest.mark.parametrize("source", [SEVERAL, BUFFERED], ids=["streamed", "buffered"])
@pytest.mark.parametrize("event", [{}, {"fail": True}])
def test_a_container_error_ends_the_process(start: Start, source: str, event: dict[str, bool]) -> None:
    runtime = start(source)
    runtime.invoke(event, answer=(500, '{"errorType": "InternalServerError"}'))
    assert runtime.wait() == 1
    expected = "The Lambda runtime ends: the Runtime API replied 500 to a response: "
    assert expected + '{"errorType": "InternalServerError"}\n' in runtime.log
    assert "Traceback" not in runtime.log.replace("[ERROR] ValueError: failed\nTraceback", "")


@pytest.mark.parametrize("status", [403, 500])
def test_a_refused_next_ends_the_process(start: Start, status: int) -> None:
    runtime = start(SEVERAL)
    runtime.invoke()
    runtime.api.invoke(next_answer=(status, "words of AWS"))
    assert runtime.wait() == 1
    assert f"The Lambda runtime ends: /next replied {status}: words of AWS\n" in runtime.log


def test_a_lost_runtime_api_ends_the_process(start: Start) -> None:
    runtime = start(SEVERAL)
    runtime.invoke()
    runtime.api.wait_for_next(2)
    runtime.api.close()
    assert runtime.wait() == 1
    assert re.search(r"The Lambda runtime ends: the Runtime API at \S+ is lost: .+\n", runtime.log)
    assert "Traceback" not in runtime.log


def test_a_runtime_api_lost_in_the_middle_of_a_response_ends_the_process(start: Start) -> None:
    runtime = start("""
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, context):
            while True:
                yield b"x" * 1000
        """)
    runtime.api.invoke()
    runtime.api.started().wait_for(100_000)
    runtime.api.close()
    assert runtime.wait() == 1
    assert "The response stream was cut before its end: " in runtime.log
    assert re.search(r"The Lambda runtime ends: the Runtime API at \S+ is lost: .+\n", runtime.log)


def test_no_runtime_api_at_all(start: Start) -> None:
    runtime = start(SEVERAL, environment={"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"})
    assert runtime.wait() == 1
    assert "The Lambda runtime ends: the Runtime API at 127.0.0.1:1 is lost: " in runtime.log


@pytest.mark.parametrize("missing", ["AWS_LAMBDA_RUNTIME_API", "_HANDLER"])
def test_outside_lambda_the_runtime_says_so(start: Start, missing: str) -> None:
    runtime = start(SEVERAL, unset=[missing])
    assert runtime.wait() == 1
    reason, _, usage = runtime.log.partition("\n")
    assert reason == f"lambda_streaming runs inside AWS Lambda: {missing} not set"
    assert usage.startswith("Usage: python -m lambda_streaming wrapper")


def test_next_comes_only_after_the_answer(start: Start) -> None:
    for source in (SEVERAL, BUFFERED):
        runtime = start(source)
        for event in ({}, {"fail": True}, {"fail late": True}):
            assert not runtime.invoke(event, hold=0.05).early
        runtime.invoke()
        order = runtime.api.order[:8]
        assert order[::2] == ["GET next"] * 4
        assert [line.partition(" ")[0] for line in order[1::2]] == ["POST"] * 4
        assert runtime.api.connections == 1


CLOSING = """
import asyncio
from lambda_streaming import streamify_response

@streamify_response
def generator(event, context):
    try:
        while event.get("endless"):
            yield b"x" * event["size"]
        yield "fine"
    finally:
        print("closed")

@streamify_response
async def async_generator(event, context):
    try:
        while event.get("endless"):
            yield b"x" * event["size"]
        yield "fine"
    finally:
        await asyncio.sleep(0)
        print("closed")

@streamify_response
def writer(event, stream, context):
    try:
        while event.get("endless"):
            stream.write(b"x" * event["size"])
        stream.write("fine")
    finally:
        print("closed")

@streamify_response
def stubborn(event, stream, context):
    for _ in range(100_000 if event.get("endless") else 0):
        try:
            stream.write(b"x" * event["size"])
        except OSError:
            pass
    print("closed")
    if not event.get("endless"):
        stream.write("fine")
"""


@pytest.mark.parametrize("name", ["generator", "async_generator", "writer", "stubborn"])
def test_a_stream_that_the_platform_cuts(start: Start, name: str) -> None:
    runtime = start(CLOSING, handler=f"app.{name}")
    for number, size in enumerate((5, 100, 100_000), 1):
        answer = runtime.invoke({"endless": True, "size": size}, close_after=300_000)
        assert not answer.complete
        assert runtime.invoke().body == b"fine"
        assert runtime.log.count("closed\n") == 2 * number
        assert runtime.log.count("The response stream was cut before its end: ") == number
        assert runtime.api.connections == 1 + number
    assert runtime.log.count("[ERROR]") == 0
    assert "POST error" not in runtime.api.order
    assert runtime.process.poll() is None


def test_a_cut_after_the_last_byte_was_sent(start: Start) -> None:
    runtime = start("""
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, context):
            yield {"statusCode": 204}
            if event.get("more"):
                yield "fine"
        """)
    for number in (1, 2):
        # All of it goes out by one send, before the platform cuts: only the answer never comes.
        runtime.invoke(close_after=1)
        assert runtime.invoke({"more": True}).streamed[1] == b"fine"
        assert runtime.log.count("The response stream was cut before its end: ") == number
    assert runtime.process.poll() is None


@pytest.mark.parametrize("event", [{}, {"fail": True}])
def test_a_cut_in_the_middle_of_a_buffered_post_ends_the_process(
    start: Start, event: dict[str, bool]
) -> None:
    # To go on could mean to be given the same event again, and again.
    runtime = start(BUFFERED)
    runtime.invoke(event, close_after=1)
    assert runtime.wait() == 1
    assert re.search(r"The Lambda runtime ends: .+\n", runtime.log)
    assert "runtime_client" not in runtime.log


def test_a_kept_alive_connection_that_is_closed_while_idle(start: Start) -> None:
    runtime = start("""
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, context):
            yield "fine"
        """)
    for _ in range(3):
        assert runtime.invoke(answer=(202, ""), connection_close=True).body == b"fine"
    assert runtime.api.connections >= 3


def test_large_events(start: Start) -> None:
    runtime = start("""
        import hashlib, json
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, context):
            return {"length": len(event["text"]), "hash": hashlib.sha256(event["text"].encode()).hexdigest()}
        """)
    text = random.Random(1).randbytes(1_450_000).hex() + "ž" * 50_000
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    body += b" " * (6 * 1024 * 1024 - len(body))
    expected = {"length": len(text), "hash": hashlib.sha256(text.encode()).hexdigest()}
    for chunked in (False, True):
        answer = runtime.invoke(body, chunked=chunked)
        assert json.loads(answer.streamed[1]) == expected
        answer = runtime.invoke({"text": "ž"}, chunked=chunked)
        assert json.loads(answer.streamed[1])["length"] == 1


def test_a_large_file(start: Start, interpreter: str) -> None:
    runtime = start(
        """
        import os
        from lambda_streaming import HttpResponseStream, pipeline, streamify_response

        @streamify_response
        async def handler(event, response_stream, context):
            stream = HttpResponseStream.from_(response_stream, {"headers": {"Content-Type": "image/jpeg"}})
            await pipeline(open(os.environ["LAMBDA_TASK_ROOT"] + "/file", "rb"), stream)
        """,
        interpreter=interpreter,
    )
    content = random.Random(2).randbytes(1024) * 20_000
    runtime.log_path.with_name("file").write_bytes(content)
    for _ in range(2):
        answer = runtime.invoke()
        assert answer.complete
        metadata, body = answer.streamed
        assert metadata == {"statusCode": 200, "headers": {"Content-Type": "image/jpeg"}}
        assert hashlib.sha256(body).digest() == hashlib.sha256(content).digest()


def test_a_file_that_the_platform_cuts(start: Start) -> None:
    runtime = start("""
        import os
        from lambda_streaming import pipeline, streamify_response

        @streamify_response
        def handler(event, stream, context):
            file = open(os.environ["LAMBDA_TASK_ROOT"] + "/file", "rb")
            if event.get("cut"):
                try:
                    pipeline(file, stream)
                finally:
                    print("closed" if file.closed else "open")
            stream.write("fine")
        """)
    runtime.log_path.with_name("file").write_bytes(bytes(20_000_000))
    assert not runtime.invoke({"cut": True}, close_after=500_000).complete
    assert runtime.invoke().body == b"fine"
    assert "closed\n" in runtime.log


def test_a_file_that_shrinks_while_it_is_sent(start: Start) -> None:
    runtime = start("""
        import os
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, stream, context):
            if event.get("shrink"):
                with open(os.environ["LAMBDA_TASK_ROOT"] + "/file", "rb") as file:
                    stream.send_file(file.fileno(), 0, 5000)
            stream.write("fine")
        """)
    runtime.log_path.with_name("file").write_bytes(bytes(3000))
    answer = runtime.invoke({"shrink": True})
    assert not answer.complete  # a body cut short must not look whole
    assert runtime.invoke().body == b"fine"
    assert "[ERROR] EOFError" in runtime.log


def test_a_slow_reader_holds_the_handler_back(start: Start) -> None:
    runtime = start("""
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, context):
            for number in range(400):
                print("wrote", number)
                yield b"x" * 100_000
        """)
    invocation = runtime.api.invoke(pause_after=1)
    exchange = runtime.api.started()
    exchange.wait_for(1)
    # With nobody reading, no more is written than the kernel's buffers take, which is far less than 40 MB.
    runtime.wait_until_asleep()
    assert runtime.log.count("wrote") < 400
    invocation.resume.set()
    assert len(runtime.answer().body) == 40_000_000
