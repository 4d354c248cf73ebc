"""The calls that awslambdaric and we answer differently: all of them, with what each does and why.

What is not listed here, or in everywhere.py, is compared byte by byte and has to be equal. An entry that is
no longer true fails, too.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.conformance.awslambdaric.corpus.json_results import STREAMS


@dataclass(frozen=True)
class Detail:
    """What the two do in one step of a case: a piece of the text seen, None for nothing seen."""

    step: str
    kind: str
    theirs: str | None
    ours: str | None


@dataclass(frozen=True)
class Difference:
    """Where a case differs, and why it does."""

    case: str
    reason: str
    details: tuple[Detail, ...]
    crash: bool = False  # awslambdaric ends in it: what comes after that has nothing to be compared with


def _crash(case: str, reason: str, status: int, log: str, *ours: Detail) -> Difference:
    """Return the entry of a case in which awslambdaric's process ends and ours goes on."""
    ended = (Detail("exit", "exit status", str(status), None), Detail("exit", "log", log, None))
    return Difference(case, reason, (*ended, *ours), crash=True)


_GOES_ON = "One bad response must not cost a customer the environment, and the caller an explanation."
_POST_FAILED = "RuntimeError: Failed to post invocation response"
_SURROGATES = "UnicodeEncodeError: 'utf-8' codec can't encode character"

_UNMARSHALLED = "is not JSON serializable"


def _answered(step: str, message: str, body: str) -> tuple[Detail, ...]:
    """Return the details of a call that awslambdaric refuses with ``message`` and we answer."""
    return (
        Detail(step, "path", "/error", "/response"),
        Detail(step, "body", message, body),
        Detail(step, "x-ray cause", message, None),
        Detail(step, "log", message, ""),
    )


def _streamed(step: str, message: str) -> tuple[Detail, ...]:
    """Return the same of a call that we answer with a stream."""
    type_of_a_str = "application/vnd.awslambda.http-integration-response"
    content_type = type_of_a_str if step.startswith("say(") else "application/octet-stream"
    return (*_answered(step, message, ""), Detail(step, "content-type", "application/json", content_type))


DIFFERENCES = (
    # Results and events
    _crash(
        "results: a lone surrogate on Python 3.13",
        f"It cannot be sent as UTF-8. {_GOES_ON}",
        1,
        _SURROGATES,
        Detail("call", "body", None, "Unable to marshal response: 'utf-8' codec can't encode"),
        Detail("the next", "body", None, "Runtime.MarshalError"),
    ),
    Difference(
        "results: exotic and deep",
        "Only a value with a Decimal, a namedtuple or the like in it is encoded in Python, which takes three "
        "frames a level. All others may be as deep as under awslambdaric.",
        (
            Detail("[D(1), deep(600)]", "path", "/response", "/error"),
            Detail("[D(1), deep(600)]", "body", "[1, [[[", "Runtime.MarshalError"),
            Detail("[D(1), deep(600)]", "x-ray cause", None, "maximum recursion depth exceeded"),
            Detail("[D(1), deep(600)]", "log", "", "maximum recursion depth exceeded"),
        ),
    ),
    Difference(
        "results: without AWS_EXECUTION_ENV",
        "Lambda always sets it. Without it awslambdaric takes any Python for an old one.",
        (Detail("'é'", "body", '"\\u00e9"', '"é"'),),
    ),
    _crash(
        "events: without a content type",
        "Lambda always sends one. awslambdaric's client, in C++, ends in a segmentation fault.",
        -11,
        "",
        Detail("call", "body", None, '["bytes", "b\'{\\"a\\": 1}\'"]'),
    ),
    # What is streamed
    Difference(
        "results: only to be streamed",
        "Lambda has no other use for it: it is streamed, as from a decorated handler. Iterables that are no "
        "iterators (range, set, the views of a dict) stay refused.",
        (
            *(detail for expression in STREAMS for detail in _streamed(expression, _UNMARSHALLED)),
            Detail("before the end (/invocation/next)", "log", "coroutine 'say' was never awaited", ""),
        ),
    ),
    Difference(
        "handler: an async function",
        "A handler may be a coroutine function: what it returns is answered as from another.",
        (
            *_answered("call", _UNMARSHALLED, "1"),
            Detail("before the end (/invocation/next)", "log", "coroutine 'handler' was never awaited", ""),
        ),
    ),
    Difference(
        "handler: with a stream",
        "It can be meant for nothing but streaming: the decorator was forgotten.",
        _streamed("call", "missing 1 required positional argument: 'context'"),
    ),
    # The context
    _crash(
        "context: the time left, zero",
        "Lambda always sends a deadline. awslambdaric's client, in C++, aborts on an assertion.",
        -6,
        "Assertion `ms > 0' failed",
        Detail("call", "body", None, "0"),
    ),
    # Errors
    _crash(
        "errors: __str__ raises",
        _GOES_ON,
        1,
        "ValueError: no",
        Detail("call", "body", None, '"errorMessage": "<unprintable E object>"'),
        Detail("again", "body", None, '"errorType": "E"'),
    ),
    *(
        _crash(
            f"errors: a lone surrogate in the message{version}",
            f"awslambdaric cannot write it to the log. {_GOES_ON}",
            1,
            _SURROGATES,
            Detail("call", "body", None, '"errorMessage": "\\ud800"'),
            Detail("again", "log", None, "[ERROR] ValueError: \\ud800"),
        )
        for version in ("", " on Python 3.13")
    ),
    _crash(
        "answers: a response is refused with 400",
        _GOES_ON,
        1,
        _POST_FAILED,
        Detail("before second (/invocation/next)", "log", None, "Lambda refused the response with 400"),
        Detail("second", "path", None, "/response"),
    ),
    _crash(
        "answers: a response is too large",
        f"Over 6 MB the caller gets Lambda's own error, and so does the log. {_GOES_ON}",
        1,
        _POST_FAILED,
        Detail("before second (/invocation/next)", "log", None, "[ERROR] Function.ResponseSizeTooLarge"),
        Detail("second", "path", None, "/response"),
    ),
    _crash(
        "answers: a response came too late",
        f"A late response is nobody's any more, and the next invocation has come. {_GOES_ON}",
        1,
        _POST_FAILED,
        Detail("before second (/invocation/next)", "log", None, "Lambda refused the response with 410"),
        Detail("second", "path", None, "/response"),
    ),
    _crash(
        "answers: an error is refused with 403",
        _GOES_ON,
        1,
        "RuntimeError: Failed to post invocation error",
        Detail("before second (/invocation/next)", "log", None, "Lambda refused the response with 403"),
        Detail("second", "path", None, "/error"),
    ),
    Difference(
        "answers: /next is refused",
        "There is nothing to go on with. awslambdaric ends in a segmentation fault; we say what happened.",
        (
            Detail("exit", "exit status", "-11", "1"),
            Detail("exit", "log", "", "The Lambda runtime ends: /next replied 403"),
        ),
    ),
    Difference(
        "answers: init error is refused",
        "The error is on the log already; a traceback of the runtime's own tells no more.",
        (Detail("exit", "log", "LambdaRuntimeClientError: Request to Lambda Runtime", ""),),
    ),
    # Errors at import
    Difference(
        "init: exception with non-ASCII on Python 3.13",
        "JSON is UTF-8. awslambdaric sends Latin-1, by way of http.client.",
        (Detail("/init/error", "body", "caf\\xe9", "café"),),
    ),
    Difference(
        "init: exception beyond Latin-1 on Python 3.13",
        "awslambdaric cannot send it, and so Lambda never learns of the error.",
        (
            Detail("exit", "log", "UnicodeEncodeError: 'latin-1' codec can't encode", ""),
            Detail("/init/error", "body", None, '"errorMessage": "cost: 5 €"'),
        ),
        crash=True,
    ),
    Difference(
        "init: exception class of Latin-1",
        "The fields of HTTP are ASCII.",
        (Detail("/init/error", "lambda-runtime-function-error-type", "Überraschung", "%C3%9Cberraschung"),),
    ),
    Difference(
        "init: exception class beyond Latin-1",
        "awslambdaric cannot send its name in a header, and so Lambda never learns of the error.",
        (
            Detail("exit", "log", "UnicodeEncodeError: 'latin-1' codec can't encode", ""),
            Detail(
                "/init/error", "lambda-runtime-function-error-type", None, "%CE%9B%CE%AC%CE%B8%CE%BF%CF%82"
            ),
        ),
        crash=True,
    ),
    # The log
    *(
        Difference(
            name,
            "A line of the log that cannot be written must not fail the invocation: it is written escaped.",
            (
                Detail("call", "path", "/error", "/response"),
                Detail("call", "body", "UnicodeEncodeError", '"went on"'),
                Detail("call", "x-ray cause", "UnicodeEncodeError", None),
                Detail("call", kind, "surrogates not allowed", "\\ud800"),
            ),
        )
        for name, kind in (("logging: a lone surrogate", "log"), ("telemetry: a lone surrogate", "telemetry"))
    ),
    Difference(
        "JSON log: values: no exception",
        "logger.exception() where nothing is being handled is harmless in Python, and so it is here.",
        (
            Detail("no exception", "path", "/error", "/response"),
            Detail("no exception", "body", "'NoneType' object has no attribute '__name__'", '"went on"'),
            Detail("no exception", "x-ray cause", "AttributeError", None),
            Detail("no exception", "log", "AttributeError", "nothing is being handled"),
        ),
    ),
    *(
        Difference(
            f"JSON log: values: {event}",
            "The same error of the function, at the end of a trace through Python's logging and json: "
            "we do without the latter.",
            (
                Detail(event, "body", "json/encoder.py", message),
                Detail(event, "x-ray cause", "json/encoder.py", message),
                Detail(event, "log", "json/encoder.py", message),
            ),
        )
        for event, message in (
            ("circular", "Circular reference detected"),
            ("tuple key", "keys must be str, int, float, bool or None, not tuple"),
            ("str fails", "silent"),
        )
    ),
    Difference(
        "telemetry: an own frame type",
        "The type of a frame is between the runtime and Lambda; a record's attribute must not forge it.",
        (Detail("call", "telemetry", "<31323334>[ERROR]", "<a55a0017>[ERROR]"),),
    ),
    # SnapStart
    Difference(
        "SnapStart: restore is refused",
        "The same report of the same type, about an exception of our own.",
        (
            Detail("/init/error", "body", "LambdaRuntimeClientError", '"errorType": "RuntimeApiError"'),
            Detail(
                "/init/error", "log", "LambdaRuntimeClientError", "[ERROR] RuntimeApiError: /restore/next"
            ),
        ),
    ),
)

BY_CASE = {difference.case: difference for difference in DIFFERENCES}
