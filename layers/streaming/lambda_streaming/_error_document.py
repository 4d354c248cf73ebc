"""The error document: how an exception is told to Lambda.

Before the first byte it is the body of /invocation/{id}/error; afterwards it travels in the trailers.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html (invocation error)
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html (response streaming)
"""

from __future__ import annotations

import os

from lambda_streaming import _json_codec, _standard_library
from lambda_streaming._exceptions import RuntimeFault
from lambda_streaming._runtime_requests import ERROR_BODY, ERROR_TYPE, ascii_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import TypedDict

    class ErrorDocument(TypedDict):
        """The JSON a caller of Invoke gets for a function error."""

        errorMessage: str
        errorType: str
        requestId: str
        stackTrace: list[str]


# What lies between the process's first frame and the user's: this package, and the event loop it runs.
_RUNTIME = (__file__.rpartition("/")[0] + "/", os.__file__.rpartition("/")[0] + "/asyncio/")


def error_document(error: BaseException, request_id: str = "") -> ErrorDocument:
    """Return what Lambda is told of ``error``; the stack trace starts at the user's first frame."""
    if isinstance(error, RuntimeFault):
        error_type, trace = error.error_type, error.stack_trace
    else:
        error_type, trace = type(error).__name__, _stack_trace(error.__traceback__)
    return {
        "errorMessage": message_of(error),
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": trace,
    }


def message_of(error: BaseException) -> str:
    """Return the text of an error, whatever its ``__str__`` does."""
    try:
        return str(error)
    except BaseException:  # noqa: BLE001 - the user's own __str__, which may even end the process
        return f"<unprintable {type(error).__name__} object>"


def _stack_trace(trace: TracebackType | None) -> list[str]:
    trace = _from_users_frame(trace)
    try:
        # As plain tuples: without the column marks that newer Pythons add, as the managed runtime prints it.
        traceback = _standard_library.load("traceback")
        frames = traceback.extract_tb(trace)
        formatted: list[str] = traceback.format_list(
            [(f.filename, f.lineno or 0, f.name, f.line) for f in frames]
        )
        return formatted
    except Exception:  # noqa: BLE001 - the user's own modules, named like those that `traceback` needs
        return [f'  File "{file}", line {line}, in {name}\n' for file, line, name in _places(trace)]


def _from_users_frame(trace: TracebackType | None) -> TracebackType | None:
    """Return the traceback from the first frame that is not the runtime's own."""
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_RUNTIME):
        trace = trace.tb_next
    return trace


def _places(trace: TracebackType | None) -> list[tuple[str, int, str]]:
    """Return file, line and function of each frame of a traceback."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append((code.co_filename, trace.tb_lineno or 0, code.co_name))
        trace = trace.tb_next
    return places


def trailers(document: ErrorDocument) -> dict[str, bytes]:
    """Return the trailers that carry an error after the first byte.

    The type is made ASCII, because a trailer is an HTTP field; the body is one line of base64, because a line
    break in a trailer breaks the framing and Lambda then reports Runtime.TruncatedResponse instead.
    """
    binascii = _standard_library.load("binascii")
    # backslashreplace: a lone surrogate becomes its JSON escape
    body = _json_codec.dumps(document).encode("utf-8", "backslashreplace")
    return {
        ERROR_TYPE: ascii_field(document["errorType"]),
        ERROR_BODY: binascii.b2a_base64(body, newline=False),
    }


def xray_cause(error: BaseException) -> bytes:
    """Return what X-Ray is told of ``error``: ASCII JSON for Lambda-Runtime-Function-XRay-Error-Cause."""
    stack = []
    error_type = "LambdaValidationError"
    if not isinstance(error, RuntimeFault):
        error_type = type(error).__name__
        places = _places(_from_users_frame(error.__traceback__))
        stack = [{"label": name, "path": file, "line": line} for file, line, name in places]
    cause = {
        "working_directory": _working_directory(),
        "exceptions": [{"message": message_of(error), "type": error_type, "stack": stack}],
        "paths": list({frame["path"]: None for frame in stack}),
    }
    return _json_codec.dumps_ascii(cause).encode("ascii")


def _working_directory() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - pathlib costs a cold start milliseconds
    except OSError:  # the function has removed it
        return ""
