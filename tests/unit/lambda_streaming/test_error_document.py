from __future__ import annotations

import base64
import json
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lambda_streaming
from lambda_streaming._error_document import error_document, trailers, xray_cause
from lambda_streaming._exceptions import InvalidStreamingOperation, RuntimeFault
from lambda_streaming._runtime_requests import ERROR_BODY, ERROR_TYPE, TRAILER_NAMES, ascii_field
from tests.support.wire import read_request

if TYPE_CHECKING:
    from lambda_streaming._error_document import ErrorDocument

PACKAGE = Path(lambda_streaming.__file__).parent
TEXT = st.text(st.characters(codec=None), max_size=60)


def raised(code: str, *files: str) -> Exception:
    """Raise what ``code`` raises through one frame for each of ``files``, the outermost first."""
    namespace: dict[str, Any] = {}
    exec(compile(f"def call():\n    {code}\n", files[-1], "exec"), namespace)
    for file in reversed(files[:-1]):
        exec(compile("def call(inner=call):\n    inner()\n", file, "exec"), namespace)
    try:
        namespace["call"]()
    except Exception as error:
        return error.with_traceback(without_this_file(error.__traceback__))
    raise AssertionError("nothing was raised")


def without_this_file(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return trace


def document(error_type: str = "E", message: str = "m") -> ErrorDocument:
    return {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": "id",
        "stackTrace": ["  a\n    b\n"],
    }


def test_document_has_the_fields_of_the_managed_runtime() -> None:
    error = raised("raise KeyError('ž')", "/var/task/app.py", "/var/task/helper.py")
    assert error_document(error, "some-id") == {
        "errorMessage": "'ž'",
        "errorType": "KeyError",
        "requestId": "some-id",
        "stackTrace": [
            '  File "/var/task/app.py", line 2, in call\n',
            '  File "/var/task/helper.py", line 2, in call\n',
        ],
    }


def test_stack_trace_shows_the_source_line() -> None:
    try:
        raise ValueError("here")
    except ValueError as error:
        [entry] = error_document(error)["stackTrace"]
    assert entry.startswith(f'  File "{__file__}", line ')
    assert entry.endswith('in test_stack_trace_shows_the_source_line\n    raise ValueError("here")\n')
    assert "^" not in entry


def test_stack_trace_starts_at_the_first_frame_of_the_user() -> None:
    own = [str(PACKAGE / "runtime_loop.py"), str(PACKAGE / "handlers.py")]
    error = raised(
        "raise OSError", *own, "/var/task/app.py", str(PACKAGE / "pipeline.py"), "/var/task/source.py"
    )
    files = [entry.split('"')[1] for entry in error_document(error)["stackTrace"]]
    assert files == ["/var/task/app.py", str(PACKAGE / "pipeline.py"), "/var/task/source.py"]
    assert [frame["path"] for frame in json.loads(xray_cause(error))["exceptions"][0]["stack"]] == files


def test_an_error_of_the_runtime_alone_has_no_stack_trace() -> None:
    error = raised("raise TypeError('x')", str(PACKAGE / "handlers.py"))
    assert error_document(error)["stackTrace"] == []


def test_a_neighbour_of_the_package_is_not_the_runtime() -> None:
    error = raised("raise TypeError('x')", f"{PACKAGE}_extra/x.py")
    assert len(error_document(error)["stackTrace"]) == 1


def test_runtime_fault_names_its_own_type_and_trace() -> None:
    fault = RuntimeFault("Runtime.UserCodeSyntaxError", "Syntax error", ["  File x"])
    assert error_document(fault) == {
        "errorMessage": "Syntax error",
        "errorType": "Runtime.UserCodeSyntaxError",
        "requestId": "",
        "stackTrace": ["  File x"],
    }
    assert error_document(RuntimeFault("Runtime.X", "m"))["stackTrace"] == []


def test_the_public_exception_goes_by_its_name() -> None:
    assert error_document(InvalidStreamingOperation("late"))["errorType"] == "InvalidStreamingOperation"


def test_trailer_names_are_declared_as_sent() -> None:
    assert [name.strip() for name in TRAILER_NAMES.split(",")] == list(trailers(document()))
    assert list(trailers(document())) == [ERROR_TYPE, ERROR_BODY]


@given(TEXT, TEXT)
def test_trailers_are_one_line_of_ascii_each(error_type: str, message: str) -> None:
    for value in trailers(document(error_type, message)).values():
        assert value.isascii()
        assert value.decode("ascii").isprintable()


@given(TEXT)
def test_trailer_body_is_base64_of_the_document(message: str) -> None:
    body = base64.b64decode(trailers(document(message=message))[ERROR_BODY], validate=True)
    # Decoded strictly: whoever reads it expects UTF-8, whatever Python has in its strings.
    assert json.loads(body.decode("utf-8")) == document(message=message)


def test_a_long_trace_stays_on_one_line() -> None:
    long = document(message="line\n" * 20_000)
    body = trailers(long)[ERROR_BODY]
    assert b"\n" not in body
    assert json.loads(base64.b64decode(body, validate=True)) == long


def test_h11_reads_trailers_of_a_hostile_error() -> None:
    fields = trailers(document("Evil\r\nX: y", "a\r\n\r\nb\0"))
    wire = b"".join(b"%s: %s\r\n" % (name.encode(), value) for name, value in fields.items())
    request = read_request(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + wire + b"\r\n"
    )
    assert set(request.trailers) == {ERROR_TYPE.lower(), ERROR_BODY.lower()}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("ValueError", b"ValueError"),
        ("Žluť", b"%C5%BDlu%C5%A5"),
        ("a b~", b"a b~"),
        ("a\r\nb\x7f", b"a%0D%0Ab%7F"),
        ("\ud800", b"%ED%A0%80"),
    ],
)
def test_ascii_field(text: str, field: bytes) -> None:
    assert ascii_field(text) == field


def test_xray_cause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cause = xray_cause(raised("raise KeyError('ž')", "/var/task/app.py", "/var/task/app.py"))
    assert cause.isascii()
    frame = {"label": "call", "path": "/var/task/app.py", "line": 2}
    assert json.loads(cause) == {
        "working_directory": str(tmp_path),
        "exceptions": [{"message": "'ž'", "type": "KeyError", "stack": [frame, frame]}],
        "paths": ["/var/task/app.py"],
    }


def test_xray_cause_of_a_fault() -> None:
    [exception] = json.loads(xray_cause(RuntimeFault("Runtime.MarshalError", "m")))["exceptions"]
    assert exception == {"message": "m", "type": "LambdaValidationError", "stack": []}
