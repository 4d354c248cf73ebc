"""Errors of handlers: to /error before the first byte, in the trailers after it, in the log after the end."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from tests.integration.lambda_streaming.conftest import Start
from tests.support.runtime_api_server import Exchange
from tests.support.runtime_process import RuntimeProcess

HANDLERS = {
    "two": """
        from lambda_streaming import streamify_response

        def fail(event):
            raise KeyError("ž\\n" + event.get("more", ""))

        @streamify_response
        def handler(event, context):
            if event["when"] != "never":
                yield from event.get("before", [])
                fail(event)
            yield "fine"
        """,
    "two, async": """
        from lambda_streaming import streamify_response

        def fail(event):
            raise KeyError("ž\\n" + event.get("more", ""))

        @streamify_response
        async def handler(event, context):
            if event["when"] != "never":
                for piece in event.get("before", []):
                    yield piece
                fail(event)
            yield "fine"
        """,
    "three": """
        from lambda_streaming import streamify_response

        def fail(event):
            raise KeyError("ž\\n" + event.get("more", ""))

        @streamify_response
        def handler(event, stream, context):
            if event["when"] != "never":
                for piece in event.get("before", []):
                    send = stream.set_metadata if isinstance(piece, dict) else stream.write
                    send(piece)
                if event["when"] == "end":
                    stream.end()
                fail(event)
            stream.write("fine")
        """,
    "three, async": """
        from lambda_streaming import streamify_response

        def fail(event):
            raise KeyError("ž\\n" + event.get("more", ""))

        @streamify_response
        async def handler(event, stream, context):
            if event["when"] != "never":
                for piece in event.get("before", []):
                    send = stream.set_metadata if isinstance(piece, dict) else stream.write
                    send(piece)
                if event["when"] == "end":
                    stream.end()
                fail(event)
            stream.write("fine")
        """,
}

LINE = re.compile(r'  File "(.+)", line \d+, in (\w+)\n    (.+)\n')


def check_document(document: Any, request_id: str, runtime: RuntimeProcess) -> None:
    assert list(document) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert document["errorType"] == "KeyError"
    assert document["errorMessage"] == repr("ž\n")
    assert document["requestId"] == request_id
    frames = [LINE.fullmatch(entry) for entry in document["stackTrace"]]
    app = str(runtime.log_path.with_name("app.py"))
    first, last = frames[0], frames[-1]
    assert first is not None
    assert last is not None
    assert (first[1], first[2]) == (app, "handler")
    assert (last[1], last[2]) == (app, "fail")
    assert last[3].startswith("raise KeyError")


def trailers_of(answer: Exchange) -> tuple[str, Any]:
    body = base64.b64decode(answer.trailers["lambda-runtime-function-error-body"], validate=True)
    return answer.trailers["lambda-runtime-function-error-type"], json.loads(body)


@pytest.mark.parametrize("form", HANDLERS)
def test_errors_before_and_after_the_first_byte(start: Start, interpreter: str, form: str) -> None:
    runtime = start(HANDLERS[form], interpreter=interpreter)
    nothing: list[list[object]] = [[], [{"statusCode": 200}], ["", {"statusCode": 200}, ""]]
    for before in nothing:
        invocation = runtime.api.invoke({"when": "before", "before": before})
        answer = runtime.answer()
        assert answer.path == f"/invocation/{invocation.request_id}/error"
        assert answer.headers["lambda-runtime-function-error-type"] == "KeyError"
        assert answer.headers["content-type"] == "application/json"
        check_document(answer.json, invocation.request_id, runtime)
        cause = json.loads(answer.headers["lambda-runtime-function-xray-error-cause"])
        assert [exception["type"] for exception in cause["exceptions"]] == ["KeyError"]

    something: list[list[object]] = [["a"], [{"statusCode": 200}, "a"]]
    for before in something:
        invocation = runtime.api.invoke({"when": "after", "before": before})
        answer = runtime.answer()
        assert answer.path == f"/invocation/{invocation.request_id}/response"
        assert answer.complete
        assert answer.body.endswith(b"a")
        assert set(answer.trailers) == {name.strip().lower() for name in answer.headers["trailer"].split(",")}
        error_type, document = trailers_of(answer)
        assert error_type == "KeyError"
        check_document(document, invocation.request_id, runtime)

    for _ in range(2):
        answer = runtime.invoke({"when": "never"})
        assert (answer.body, answer.trailers) == (b"fine", {})
    assert runtime.log.count("[ERROR] KeyError: ") == 5
    assert "lambda_streaming" not in runtime.log
    assert runtime.api.connections == 1
    posts = [line for line in runtime.api.order if line.startswith("POST")]
    assert posts == ["POST error"] * 3 + ["POST response"] * 4


@pytest.mark.parametrize("form", ["three", "three, async"])
def test_an_error_after_the_end_is_only_logged(start: Start, form: str) -> None:
    runtime = start(HANDLERS[form])
    answer = runtime.invoke({"when": "end", "before": ["a"]})
    assert (answer.body, answer.trailers, answer.complete) == (b"a", {}, True)
    answer = runtime.invoke({"when": "end"})
    assert (answer.body, answer.trailers, answer.complete) == (b"", {}, True)
    assert runtime.invoke({"when": "never"}).body == b"fine"
    assert runtime.log.count("[ERROR] KeyError") == 2


def test_a_long_error_stays_one_trailer(start: Start) -> None:
    runtime = start(HANDLERS["two"])
    more = "line\n" * 20_000
    error_type, document = trailers_of(runtime.invoke({"when": "after", "before": ["a"], "more": more}))
    assert error_type == "KeyError"
    assert document["errorMessage"] == repr("ž\n" + more)
    error = runtime.invoke({"when": "before", "more": more})
    assert error.json["errorMessage"] == repr("ž\n" + more)


def test_errors_with_names_and_texts_that_no_header_can_carry(start: Start) -> None:
    runtime = start("""
        from lambda_streaming import streamify_response

        Odd = type("Žluť\\r\\nX: y", (Exception,), {})

        @streamify_response
        def handler(event, context):
            if event.get("late"):
                yield "a"
            raise Odd("a\\r\\n\\r\\nb\\udcff")
        """)
    answer = runtime.invoke()
    assert answer.headers["lambda-runtime-function-error-type"] == "%C5%BDlu%C5%A5%0D%0AX: y"
    assert answer.json["errorMessage"] == "a\r\n\r\nb\udcff"
    assert "x" not in answer.headers
    answer = runtime.invoke({"late": True})
    assert set(answer.trailers) == {
        "lambda-runtime-function-error-type",
        "lambda-runtime-function-error-body",
    }
    error_type, document = trailers_of(answer)
    assert error_type == "%C5%BDlu%C5%A5%0D%0AX: y"
    assert document["errorMessage"] == "a\r\n\r\nb\udcff"
    assert runtime.invoke({"late": True}).complete


def test_a_late_write_is_an_error_in_the_log(start: Start) -> None:
    runtime = start("""
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, stream, context):
            stream.end("a")
            stream.write("late")
        """)
    for _ in range(2):
        answer = runtime.invoke()
        assert (answer.body, answer.trailers) == (b"a", {})
    runtime.api.invoke()
    runtime.answer()
    assert "[ERROR] InvalidStreamingOperation: Cannot write: the response has ended" in runtime.log


def test_what_a_failed_invocation_left_behind_cannot_write_into_the_next(start: Start) -> None:
    runtime = start("""
        import csv, io
        from lambda_streaming import streamify_response

        kept = []

        @streamify_response
        def handler(event, stream, context):
            if event.get("fail"):
                wrapper = io.TextIOWrapper(stream, write_through=False)
                csv.writer(wrapper).writerow(["left", "behind"])
                kept.append((stream, wrapper) if event["fail"] == "keep" else None)
                raise ValueError("failed")
            for old in kept:
                for file in old or ():
                    try:
                        file.write("left behind")
                        file.flush()
                    except Exception as error:
                        print("refused:", type(error).__name__)
            kept.clear()
            stream.write("fine")
        """)
    for fail in ("drop", "keep"):
        assert runtime.invoke({"fail": fail}).path.endswith("/error")
        for _ in range(2):
            answer = runtime.invoke()
            assert (answer.path.rpartition("/")[2], answer.body) == ("response", b"fine")
    assert runtime.log.count("refused: ") == 2
    assert runtime.api.connections == 1


def test_an_unreadable_event_or_context_is_an_error_of_the_invocation(start: Start, interpreter: str) -> None:
    runtime = start(HANDLERS["two"], interpreter=interpreter)
    answer = runtime.invoke(b"{nonsense")
    assert answer.path.endswith("/error")
    assert answer.json["errorType"] == "Runtime.UnmarshalError"
    assert answer.json["errorMessage"].startswith("Unable to unmarshal input: Expecting property name")
    assert answer.json["stackTrace"] == []
    answer = runtime.invoke({"when": "never"}, headers={"Lambda-Runtime-Client-Context": "nonsense"})
    assert answer.path.endswith("/error")
    assert answer.json["errorType"] == "Runtime.LambdaContextUnmarshalError"
    assert runtime.invoke({"when": "never"}).body == b"fine"


@pytest.mark.parametrize("decorated", ["@streamify_response", ""])
def test_a_handler_that_exits_ends_the_process(start: Start, decorated: str) -> None:
    runtime = start(f"""
        import sys
        from lambda_streaming import streamify_response

        {decorated}
        def handler(event, context):
            sys.exit(3)
        """)
    runtime.api.invoke()
    assert runtime.wait() == 3
    assert runtime.api.order == ["GET next"]


def test_a_handler_that_exits_after_the_first_byte_does_not_end_its_response(start: Start) -> None:
    runtime = start("""
        import sys
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, context):
            yield "a"
            sys.exit(3)
        """)
    runtime.api.invoke()
    answer = runtime.answer()
    assert (answer.body, answer.complete) == (b"a", False)
    assert runtime.wait() == 3


def test_a_cancelled_handler_is_an_error_of_the_invocation(start: Start, interpreter: str) -> None:
    runtime = start(
        """
        import asyncio
        from lambda_streaming import streamify_response

        @streamify_response
        async def handler(event, context):
            if event.get("late"):
                yield "a"
            if event:
                task = asyncio.create_task(asyncio.sleep(60))
                task.cancel()
                await task
            yield "fine"
        """,
        interpreter=interpreter,
    )
    answer = runtime.invoke({"early": True})
    assert answer.path.endswith("/error")
    assert answer.json["errorType"] == "CancelledError"
    error_type, _ = trailers_of(runtime.invoke({"late": True}))
    assert error_type == "CancelledError"
    assert runtime.invoke().body == b"fine"


def test_error_records_in_json(start: Start) -> None:
    runtime = start(HANDLERS["two"], environment={"AWS_LAMBDA_LOG_FORMAT": "JSON"})
    invocation = runtime.api.invoke({"when": "after", "before": ["a"]})
    runtime.answer()
    runtime.invoke({"when": "never"})
    [record] = [json.loads(line) for line in runtime.log_path.read_text().splitlines()]
    assert record.pop("timestamp")
    assert record.pop("level") == "ERROR"
    check_document(record, invocation.request_id, runtime)


def test_init_errors(start: Start, interpreter: str) -> None:
    cases: list[tuple[str, str, str, str]] = [
        # source, handler, type, beginning of the message
        (
            "import no_such_module",
            "app.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module",
        ),
        (
            "",
            "missing.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'missing': No module named",
        ),
        ("", "app.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("def f(:", "app.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app': "),
        ("", "app", "Runtime.MalformedHandlerName", "Bad handler 'app': not enough values to unpack"),
        (
            "",
            "sys.exit",
            "Runtime.BuiltInModuleConflict",
            "Cannot use built-in module sys as a handler module",
        ),
        ("1 / 0", "app.handler", "ZeroDivisionError", "division by zero"),
        (
            "from lambda_streaming import streamify_response\n@streamify_response\ndef handler(event): ...",
            "app.handler",
            "TypeError",
            "handler() takes 1 positional argument; expected (event, response_stream, context), or",
        ),
        ("raise ValueError('\\udcff')", "app.handler", "ValueError", "\udcff"),
    ]
    runtimes = [start(source, handler=handler, interpreter=interpreter) for source, handler, _, _ in cases]
    for runtime, (_, _, error_type, message) in zip(runtimes, cases, strict=True):
        answer = runtime.answer()
        assert answer.path == "/init/error"
        assert answer.headers["lambda-runtime-function-error-type"] == error_type
        assert list(answer.json) == ["errorMessage", "errorType", "requestId", "stackTrace"]
        assert answer.json["errorType"] == error_type
        assert answer.json["errorMessage"].startswith(message)
        assert answer.json["requestId"] == ""
        if error_type.startswith("Runtime.") and "Syntax" not in error_type:
            assert answer.json["stackTrace"] == []
        else:
            assert f'File "{runtime.log_path.with_name("app.py")}"' in answer.json["stackTrace"][0]
        assert runtime.wait() == 1
        assert f"[ERROR] {error_type}: " in runtime.log
        assert runtime.api.order == ["POST error"]


def test_a_handler_in_a_folder(start: Start) -> None:
    runtime = start("", handler="folder/module.handler", files={"folder/module.py": HANDLERS["two"]})
    assert runtime.invoke({"when": "never"}).body == b"fine"
