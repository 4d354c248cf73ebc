"""A stream in pieces → what the client gets, under both policies."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_lambda.endpoints.function_url.response import UrlPolicy
from local_lambda.endpoints.prelude import DELIMITER, INTEGRATION_CONTENT_TYPE
from local_lambda.endpoints.rest_api.response import RestApiPolicy, idle_failure
from local_lambda.endpoints.streaming import (
    Action,
    Body,
    Cut,
    End,
    Head,
    Policy,
    StreamedResponse,
    Warn,
    Whole,
)
from local_lambda.platform.invocation import TIMED_OUT, FunctionError, Invocation, ResponseHead

INTEGRATION = ResponseHead(True, INTEGRATION_CONTENT_TYPE)
TEXT = ResponseHead(True, "text/plain")
ERROR = FunctionError.of("ValueError", "no")
TOLD = replace(ERROR, in_trailers=True)
TIMEOUT = FunctionError.of(TIMED_OUT, "Task timed out after 3.00 seconds")
PLATFORM = [("Connection", "keep-alive"), ("x-amzn-RequestId", "an-id"), ("X-Amzn-Trace-Id", "Root=1")]


def url_policy() -> UrlPolicy:
    return UrlPolicy(Invocation("an-id", b"{}", "Root=1"), [])


def rest_policy() -> RestApiPolicy:
    return RestApiPolicy(request_id="an-id", trace="Root=1")


def prelude(body: bytes = b"", **document: Any) -> bytes:
    return json.dumps(document).encode() + DELIMITER + body


def run(
    policy: Policy,
    head: ResponseHead,
    pieces: Iterable[bytes],
    error: FunctionError | None = None,
    method: str = "GET",
) -> list[Action]:
    """Return all that is to be done, with the body in one piece."""
    machine = StreamedResponse(policy, method=method)
    actions = machine.start(head)
    for piece in pieces:
        actions += machine.data(piece)
    actions += machine.end(error)
    assert machine.served
    return joined(actions)


def without_start(policy: Policy, error: FunctionError) -> list[Action]:
    return StreamedResponse(policy, method="GET").end(error)


def joined(actions: Sequence[Action]) -> list[Action]:
    done: list[Action] = []
    for action in actions:
        if isinstance(action, Body) and done and isinstance(done[-1], Body):
            done[-1] = Body(done[-1].data + action.data)
        else:
            done.append(action)
    return done


def warnings(actions: Iterable[Action]) -> list[str]:
    return [action.text for action in actions if isinstance(action, Warn)]


def without_warnings(actions: Iterable[Action]) -> list[Action]:
    return [action for action in actions if not isinstance(action, Warn)]


GZIP = {"content-encoding": "gzip"}
STREAMS = [
    (url_policy, INTEGRATION, prelude(b"body", statusCode=201, headers={"x-a": "b"}, cookies=["c=d"])),
    (url_policy, INTEGRATION, prelude(statusCode=204)),
    (url_policy, INTEGRATION, prelude(gzip.compress(b"body", mtime=0), headers=GZIP)),
    (url_policy, INTEGRATION, prelude(gzip.compress(b"body", mtime=0)[:-4], headers=GZIP)),
    (url_policy, INTEGRATION, prelude(headers=GZIP)),
    (url_policy, INTEGRATION, prelude(b"body", headers={"x-amzn-remapped-connection": "close"})),
    (url_policy, INTEGRATION, prelude(b"body", statusCode=99)),
    (url_policy, INTEGRATION, b"no prelude" + DELIMITER),
    (url_policy, INTEGRATION, b'{"statusCode": 200'),
    (url_policy, INTEGRATION, b""),
    (url_policy, TEXT, prelude(b"not read")),
    (url_policy, TEXT, b""),
    (rest_policy, TEXT, prelude(b"body", multiValueHeaders={"x-a": ["b", "c"]})),
    (rest_policy, TEXT, prelude(b"four", headers={"content-length": "4"})),
    (rest_policy, TEXT, prelude(b"body", unknown=1)),
    (rest_policy, TEXT, b"{}"),
]


@pytest.mark.parametrize(("policy", "head", "stream"), STREAMS)
def test_a_stream_at_every_cut_and_byte_by_byte(policy: Any, head: ResponseHead, stream: bytes) -> None:
    whole = run(policy(), head, [stream] if stream else [])
    cuts = [[stream[:at], stream[at:]] for at in range(1, len(stream))]
    for pieces in ([bytes([byte]) for byte in stream], *cuts):
        actions = run(policy(), head, pieces)
        assert without_warnings(actions) == without_warnings(whole)
        # How much of a bad prelude is quoted depends on the cut.
        assert len(warnings(actions)) == len(warnings(whole))


@given(st.binary(max_size=200), st.lists(st.integers(0, 240), max_size=8))
def test_a_body_in_pieces(body: bytes, cuts: list[int]) -> None:
    stream = prelude(body, statusCode=202)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(edges)]
    head = Head(202, [("Content-Type", "application/octet-stream"), *PLATFORM])
    expected = [head, Body(body), End()] if body else [head, End()]
    assert without_warnings(run(url_policy(), INTEGRATION, pieces)) == expected


def test_nothing_is_told_before_the_head_is_known() -> None:
    machine = StreamedResponse(url_policy(), method="GET")
    assert machine.start(INTEGRATION) == []
    assert machine.data(b'{"statusCode": 200}\0\0\0') == []
    assert not machine.served
    assert without_warnings(machine.data(b"\0\0\0\0\0a"))[1:] == [Body(b"a")]


@pytest.mark.parametrize("policy", [url_policy, rest_policy])
def test_an_error_before_the_first_byte_is_a_response(policy: Any) -> None:
    actions = run(policy(), INTEGRATION, [], ERROR)
    (whole,) = without_warnings(actions)
    assert isinstance(whole, Whole)
    assert whole.response.status == 502
    assert b"internal server error" in whole.response.body.lower()
    assert ("Content-Length", str(len(whole.response.body))) in whole.response.headers
    assert whole.response.headers[-3:] == PLATFORM
    assert "ValueError: no" in warnings(actions)[0]


@pytest.mark.parametrize(
    ("policy", "error"), [(url_policy, ERROR), (rest_policy, ERROR), (rest_policy, TOLD)]
)
def test_an_error_after_the_first_byte_cuts(policy: Any, error: FunctionError) -> None:
    actions = run(policy(), INTEGRATION, [prelude(b"12345", statusCode=200)], error)
    assert without_warnings(actions)[1:] == [Body(b"12345"), Cut()]
    assert warnings(actions) == ["the response was cut after 5 bytes: ValueError: no"]


@pytest.mark.parametrize("body", [b"", b"12345"])
def test_an_error_told_in_trailers_is_hidden_from_the_client_of_a_url(body: bytes) -> None:
    actions = run(url_policy(), INTEGRATION, [prelude(body, statusCode=200)], TOLD)
    assert without_warnings(actions)[1:] == [*([Body(body)] if body else []), End()]
    (warning,) = warnings(actions)
    assert warning.startswith(f"FAILED after {len(body)} bytes, and THE CLIENT CANNOT TELL")
    assert warning.endswith("ValueError: no")


@pytest.mark.parametrize("policy", [url_policy, rest_policy])
def test_an_error_told_in_trailers_before_the_head_is_a_response(policy: Any) -> None:
    (whole,) = without_warnings(run(policy(), INTEGRATION, [b'{"statusCode":'], TOLD))
    assert isinstance(whole, Whole)
    assert whole.response.status == 502


def test_a_timeout_tells_whether_the_stream_was_open() -> None:
    opened = run(url_policy(), TEXT, [b"a"], TIMEOUT)
    assert "was still open at the timeout" in warnings(opened)[0]
    closed = without_start(url_policy(), TIMEOUT)
    assert "nothing had been written at the timeout" in warnings(closed)[0]


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_a_response_without_a_body_is_complete_with_its_head(method: str, status: int) -> None:
    machine = StreamedResponse(url_policy(), method=method)
    machine.start(INTEGRATION)
    head, end = machine.data(prelude(b"dropped", statusCode=status))
    assert isinstance(head, Head)
    assert (head.status, end, machine.served) == (status, End(), True)
    assert machine.data(b"more") == []
    assert machine.end(ERROR) == []


def test_a_prelude_without_a_body() -> None:
    stream = [prelude(statusCode=200)]
    assert "the prelude had no body" in warnings(run(url_policy(), INTEGRATION, stream))[0]
    assert warnings(run(rest_policy(), INTEGRATION, stream)) == []


def test_an_empty_stream() -> None:
    actions = run(url_policy(), INTEGRATION, [])
    head = Head(200, [("Content-Type", "application/octet-stream"), *PLATFORM])
    assert without_warnings(actions) == [head, End()]
    assert "without a byte, its prelude included" in warnings(actions)[0]
    (whole,) = without_warnings(run(rest_policy(), INTEGRATION, []))
    assert isinstance(whole, Whole)
    assert whole.response.status == 500


def test_a_result_that_only_a_buffered_url_interprets() -> None:
    (text,) = warnings(run(url_policy(), ResponseHead(False, None), [b'{"statusCode": 200}']))
    assert "a RESPONSE_STREAM URL does not interpret it" in text
    assert warnings(run(url_policy(), TEXT, [b'{"statusCode": 200}'])) == []
    assert warnings(run(url_policy(), ResponseHead(False, None), [b'{"statusCode'])) == []


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_no_word_of_an_empty_body_where_there_can_be_none(method: str, status: int) -> None:
    assert warnings(run(url_policy(), INTEGRATION, [prelude(statusCode=status)], method=method)) == []


def test_gzip_is_decompressed_as_it_comes_for_the_client_of_a_url() -> None:
    """So the client sees what the function has flushed, whatever is still to come."""
    compressor = zlib.compressobj(wbits=31)
    first = compressor.compress(b"one") + compressor.flush(zlib.Z_SYNC_FLUSH)
    machine = StreamedResponse(url_policy(), method="GET")
    machine.start(INTEGRATION)
    warn, head, body = machine.data(prelude(first, headers={"Content-Encoding": "GZIP", "x-a": "b"}))
    assert isinstance(warn, Warn)
    assert "Content-Encoding: gzip removed" in warn.text
    names = [("Content-Type", "application/octet-stream"), ("x-a", "b"), *PLATFORM]
    assert (head, body) == (Head(200, names), Body(b"one"))
    rest = compressor.compress(b"two") + compressor.flush() + gzip.compress(b"three", mtime=0)
    assert joined([*machine.data(rest), *machine.end(None)]) == [Body(b"twothree"), End()]


@pytest.mark.parametrize(
    ("body", "sent", "reason"),
    [
        (b"no gzip", [], "but the body is not"),
        (
            gzip.compress(b"body", mtime=0)[:-1],
            [Body(b"body")],
            "the body ended before its compressed data did",
        ),
    ],
)
def test_a_body_that_is_not_the_gzip_it_says(body: bytes, sent: list[Action], reason: str) -> None:
    actions = run(url_policy(), INTEGRATION, [prelude(body, headers=GZIP)])
    assert without_warnings(actions)[1:] == [*sent, Cut()]
    assert reason in warnings(actions)[-1]


def test_gzip_that_an_error_breaks_off_ends_as_other_bodies_do() -> None:
    compressed = gzip.compress(b"body", mtime=0)[:-4]
    told = run(url_policy(), INTEGRATION, [prelude(compressed, headers=GZIP)], TOLD)
    assert without_warnings(told)[1:] == [Body(b"body"), End()]


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, br"])
def test_other_encodings_are_passed_on(encoding: str) -> None:
    actions = run(url_policy(), INTEGRATION, [prelude(b"body", headers={"content-encoding": encoding})])
    head, *rest = without_warnings(actions)
    assert isinstance(head, Head)
    assert ("content-encoding", encoding) in head.headers
    assert rest == [Body(b"body"), End()]
    (warning,) = warnings(actions)
    assert f"Content-Encoding: {encoding} was passed on" in warning


def test_a_rest_api_does_not_touch_the_body() -> None:
    body = gzip.compress(b"body", mtime=0)
    actions = run(rest_policy(), TEXT, [prelude(body, headers=GZIP)])
    assert actions[1:] == [Body(body), End()]


@pytest.mark.parametrize("name", ["connection", "content-length", "Anything"])
def test_a_header_that_only_aws_may_send(name: str) -> None:
    (whole,) = without_warnings(
        run(url_policy(), INTEGRATION, [prelude(b"a", headers={f"x-amzn-Remapped-{name}": "1"})])
    )
    assert isinstance(whole, Whole)
    assert (whole.response.status, whole.response.body) == (500, b"Internal Server Error")


def test_headers_that_aws_renames() -> None:
    actions = run(url_policy(), INTEGRATION, [prelude(b"a", headers={"Server": "mine"})])
    assert warnings(actions) == ["the header Server reaches the client as x-amzn-Remapped-Server, as on AWS"]
    head = next(action for action in actions if isinstance(action, Head))
    assert ("x-amzn-Remapped-Server", "mine") in head.headers


@pytest.mark.parametrize(("body", "done"), [(b"1234", End()), (b"123", Cut()), (b"12345", Cut())])
def test_a_length_that_the_metadata_declare(body: bytes, done: Action) -> None:
    stream = prelude(body, headers={"content-length": "4"})
    actions = run(rest_policy(), TEXT, [stream[:-1], stream[-1:]])
    assert actions[-1] == done
    assert bool(warnings(actions)) is (done == Cut())


def test_the_client_leaves() -> None:
    machine = StreamedResponse(url_policy(), method="GET")
    machine.start(TEXT)
    machine.data(b"12345")
    machine.data(b"678")
    (warning,) = machine.client_left(3)
    assert warning == Warn("the client left after 5 bytes; the function runs on, as on AWS")
    assert machine.data(b"9") == []
    assert machine.end(None) == []


@pytest.mark.parametrize(("sent", "status"), [(b"", 504), (b"{}", 504), (b"{}" + DELIMITER + b"body", None)])
def test_a_function_that_falls_silent(sent: bytes, status: int | None) -> None:
    machine = StreamedResponse(rest_policy(), method="GET")
    machine.start(TEXT)
    machine.data(sent)
    warning, action = machine.give_up(idle_failure(30))
    assert warning == Warn("the client was left after 30 idle seconds; the function runs on")
    if status is None:
        assert action == Cut()
    else:
        assert isinstance(action, Whole)
        assert action.response.status == status
    assert machine.give_up(idle_failure(30)) == []
    assert machine.data(b"too late") == []
    assert machine.end(None) == []
