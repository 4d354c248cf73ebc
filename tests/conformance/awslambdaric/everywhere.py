"""Differences from awslambdaric that run through the whole corpus, each with its reason.

Each function takes what was seen of awslambdaric and of us in one step, checks that the difference is the one
described, and takes it out of both. ``EVERYWHERE`` lists them. Those of single calls are in differences.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import quote

from tests.conformance.awslambdaric.observing import Observation

_ERROR_TYPE = "lambda-runtime-function-error-type"


def error_type_header(theirs: Observation, ours: Observation) -> None:
    """We name the error's type in a header of /invocation/{id}/error; awslambdaric does not.

    Lambda's documentation asks for the header, and counts errors by it. It is the type that the body has.
    """
    if "/invocation/" in ours.get("path", "") and ours["path"].endswith("/error"):
        assert _ERROR_TYPE not in theirs
        assert ours.pop(_ERROR_TYPE) == quote(json.loads(ours["body"])["errorType"])  # fields are ASCII


def content_type_of_other_errors(theirs: Observation, ours: Observation) -> None:
    """We say that the body of /init/error and /restore/error is JSON; awslambdaric says nothing."""
    if ours.get("path") in ("POST /init/error", "POST /restore/error"):
        assert "content-type" not in theirs
        assert ours.pop("content-type") == "application/json"


_THEIR_INIT_WARNING = re.compile(r"LAMBDA_WARNING: Unhandled exception\. .*?runtimes-update\.html(\r|\\r)")
_OUR_INIT_WARNING = (
    "The function could not be loaded: the error that follows was raised before its first invocation."
)
_THEIR_PREVIEW_WARNING = re.compile(r"LAMBDA_WARNING: This is a preview .*?lambda-runtimes\.html(\r|\\r)")
_OUR_PREVIEW_WARNING = "This version of Python is a preview on Lambda, and not meant for production."
_UNTYPED = re.compile(r"<a55a0003>(\[WARNING\][^<]*<time with ms>[^<]*<(?:init|preview) warning>)")
_LOGGER = '"logger": "lambda_streaming"'


def sentences(theirs: Observation, ours: Observation) -> None:
    """Warnings of the runtime itself are in our own words, and in JSON come from a logger of our name.

    Nor have they the empty request id of awslambdaric's, and their frames always tell their level.
    """
    for kind in ("log", "telemetry"):
        their_text, our_text = theirs.get(kind, ""), ours.get(kind, "")
        if _OUR_INIT_WARNING in our_text or _OUR_PREVIEW_WARNING in our_text:
            their_text = _THEIR_INIT_WARNING.sub("<init warning>", their_text)
            their_text = _THEIR_PREVIEW_WARNING.sub("<preview warning>", their_text)
            theirs[kind] = _UNTYPED.sub(r"<a55a0013>\1", their_text)
            our_text = our_text.replace(_OUR_INIT_WARNING, "<init warning>")
            our_text = our_text.replace(_OUR_PREVIEW_WARNING, "<preview warning>")
            ours[kind] = our_text.replace(_LOGGER, '"logger": "root", "requestId": ""')


# A frame of awslambdaric, or of the import system that it calls: in the log's text, and in JSON.
_FILE = r'(?:<frozen importlib\.[^"\\]*|[^"\\]*/(?:importlib|awslambdaric|lambda_streaming)/\w+\.py)'
_FRAMES = (
    re.compile(rf'[\r\n]\xa0\xa0File "{_FILE}"[^\r\n]*([\r\n]\xa0{{4}}[^\r\n]*)?'),
    re.compile(rf'"  File \\"{_FILE}\\"(?:[^"\\]|\\.)*"(, )?'),
)
_X_RAY = "x-ray cause"
_WARNED = re.compile(
    r"^/\S+/(?:awslambdaric|lambda_streaming)/\w+\.py:\d+: (\w+Warning: .*\n)  .*\n", re.MULTILINE
)


def place_of_a_warning(theirs: Observation, ours: Observation) -> None:
    """Python tells the line of the runtime where, say, a coroutine was given up that nobody has awaited."""
    for seen in (theirs, ours):
        if "log" in seen:
            seen["log"] = _WARNED.sub(r"\1", seen["log"])


def frames_in_stack_traces(theirs: Observation, ours: Observation) -> None:
    """Stack traces begin with the function's own code.

    awslambdaric leaves out its main module, but not its other ones, nor Python's import system, which makes
    six frames and more of an exception at import, in the wording of that very version.
    """
    for kind in ("log", "body", "telemetry"):
        for seen in (theirs, ours):
            for frames in _FRAMES if kind in seen else ():
                seen[kind] = frames.sub("", seen[kind])
    for seen in (theirs, ours):
        if _X_RAY in seen:
            cause = json.loads(seen[_X_RAY])
            stack = [
                frame for frame in cause["exceptions"][0]["stack"] if not re.fullmatch(_FILE, frame["path"])
            ]
            cause["exceptions"][0]["stack"] = stack
            cause["paths"] = sorted({frame["path"] for frame in stack})
            seen[_X_RAY] = json.dumps(cause, sort_keys=True)


_CRASH = re.compile(r"^Traceback \(most recent call last\):\n(?:[ ].*\n)+", re.MULTILINE)
_OWN_FRAME = re.compile(
    r'  File "(?:<frozen (?:runpy|importlib\.\w+)>'
    r'|[^"]*/(?:awslambdaric|lambda_streaming|importlib|concurrent)/[^"]*)"'
    r", line \d+, in .*\n(?:    .*\n)*"
)


def frames_of_the_runtime(theirs: Observation, ours: Observation) -> None:
    """Where an exception ends the process, Python prints a traceback: each runtime's own frames are in it."""
    for seen in (theirs, ours):
        if "exit status" in seen:
            seen["log"] = _CRASH.sub(lambda match: _OWN_FRAME.sub("", match[0]), seen["log"])


_WORDING = re.compile(
    r"(Unable to unmarshal input: )[^'].*?(\(char \d+(?: - \d+)?\)|is not JSON|from a (?:unicode )?string)"
)


def wording_of_json_errors(theirs: Observation, ours: Observation) -> None:
    """What is wrong with an event that is not JSON is in the words of `json`, not those of simplejson.

    Lambda's Invoke refuses such events itself.
    """
    for seen in (theirs, ours):
        for kind in ("body", "log", _X_RAY):
            if kind in seen:
                seen[kind] = _WORDING.sub(r"\1<wording>", seen[kind])


_ATTRIBUTE = "'response_stream', "


def stream_on_the_context(theirs: Observation, ours: Observation) -> None:
    """The context has one attribute more: ``response_stream``."""
    if "'aws_request_id', " in ours.get("log", ""):
        assert _ATTRIBUTE not in theirs["log"]
        assert _ATTRIBUTE in ours["log"]
        ours["log"] = ours["log"].replace(_ATTRIBUTE, "")


_EMPTY_TRACEBACK = re.compile(r"[\r\n]Traceback \(most recent call last\):(?![\r\n]\xa0)")


def traceback_of_nothing(theirs: Observation, ours: Observation) -> None:
    """An error without a stack, such as that of a missing handler, has no heading of a traceback with us."""
    for kind in ("log", "telemetry"):
        if _EMPTY_TRACEBACK.search(theirs.get(kind, "")):
            theirs[kind] = _EMPTY_TRACEBACK.sub("", theirs[kind])
            # Where a frame was the runtime's own, we had one to show, too.
            ours[kind] = _EMPTY_TRACEBACK.sub("", ours.get(kind, ""))


EVERYWHERE: tuple[Callable[[Observation, Observation], None], ...] = (
    error_type_header,
    content_type_of_other_errors,
    sentences,
    frames_in_stack_traces,
    place_of_a_warning,
    stream_on_the_context,
    frames_of_the_runtime,
    wording_of_json_errors,
    traceback_of_nothing,
)
