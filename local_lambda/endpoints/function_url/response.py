"""How a function URL treats a response: streamed, by its policy, or BUFFERED, collected and then interpreted.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from local_lambda.endpoints.function_url import content_encoding, errors, result
from local_lambda.endpoints.function_url.cors import doubled
from local_lambda.endpoints.prelude import (
    INTEGRATION_CONTENT_TYPE,
    Prelude,
    PreludeDecoder,
    PreludeError,
)
from local_lambda.endpoints.response import (
    InvalidResult,
    ReservedHeader,
    platform_headers,
    remapped_warnings,
)
from local_lambda.endpoints.streaming import Action, BodyStep, Failure, Warn, whole
from local_lambda.http.message import Headers, HttpResponse
from local_lambda.model.limits import MAX_PRELUDE_BYTES
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead

_ENCODING = "content-encoding"


class UrlPolicy:
    """A stream has a prelude if its content type says so; ``cors`` are headers that the URL itself adds."""

    empty_body_warning: str | None = (
        "the prelude had no body: on AWS the client may wait until the function ends, or longer; "
        "write a byte where the status allows one"
    )

    def __init__(self, invocation: Invocation, cors: Headers) -> None:
        self._invocation = invocation
        self._cors = cors

    def opening(self, head: ResponseHead) -> PreludeDecoder | HttpResponse:
        """Return what finds the stream's prelude, or the head of a stream without one."""
        if head.content_type == INTEGRATION_CONTENT_TYPE:
            return PreludeDecoder()
        return result.without_prelude(head.content_type)

    def head(self, prelude: Prelude) -> HttpResponse:
        """Return the head that the prelude asks for. Raises InvalidResult."""
        head = result.from_prelude(prelude)
        if not content_encoding.is_gzip(prelude.headers):
            return head
        return HttpResponse(head.status, [field for field in head.headers if field[0].lower() != _ENCODING])

    def body_step(self, prelude: Prelude) -> BodyStep | None:
        """Return what decompresses a body in gzip."""
        return content_encoding.Gunzip() if content_encoding.is_gzip(prelude.headers) else None

    def headers(self, own: Headers) -> Headers:
        """Return all headers but the date, in AWS's order: those of Cors stand beside the function's own."""
        return [*self._cors, *own, *platform_headers(self._invocation.request_id, self._invocation.trace_id)]

    def stream_warnings(self, prelude: Prelude | None, own: Headers) -> list[str]:
        """Return what the user should know about the head of a stream."""
        encoding = [] if prelude is None else content_encoding.warnings(prelude.headers)
        return [*self.warnings(prelude, own), *encoding]

    def warnings(self, prelude: Prelude | None, own: Headers) -> list[str]:
        """Return what the user should know about a prelude and its headers."""
        texts = [] if prelude is None else _prelude_warnings(prelude)
        return [*texts, *remapped_warnings(own)] + [
            f"the client got {name} twice, from the URL's Cors and from the function: browsers reject that"
            for name in doubled(self._cors, own)
        ]

    def empty(
        self, head: ResponseHead, error: PreludeError | None
    ) -> tuple[HttpResponse, list[str]] | Failure:
        """Return a 200, as Node's HttpResponseStream.from without a write gets (seen on AWS)."""
        if error is not None:
            return self.invalid(error)
        if isinstance(raw := self.opening(head), HttpResponse):
            return raw, []
        warning = "the stream ended without a byte, its prelude included: the client got 200"
        return result.without_prelude(None), [warning]

    def failed(self, error: FunctionError) -> Failure:
        """Return the response to an error before the first byte."""
        return _failure(str(error))

    def invalid(self, error: PreludeError | InvalidResult) -> Failure:
        """Return the response to a result or a prelude that is not valid."""
        if isinstance(error, PreludeError):
            return _failure(f"the prelude is not valid: {error}")
        if isinstance(error, ReservedHeader):
            return Failure(errors.reserved_header(), f"the client got 500 Internal Server Error: {error}")
        return Failure(errors.invalid_result(), f"the client got 500: {error}")

    def ends_cleanly(self, error: FunctionError) -> bool:
        """Return whether the runtime has told the error itself: then a clean end was seen on AWS."""
        return error.in_trailers


class BufferedResponse:
    """BUFFERED: the whole result is interpreted; a stream is collected first and its prelude applied."""

    def __init__(self, policy: UrlPolicy) -> None:
        self.served = False
        self._policy = policy
        self._head = ResponseHead(False, None)
        self._body = bytearray()

    def start(self, head: ResponseHead) -> list[Action]:
        """Remember how the body is to be read."""
        self._head = head
        return []

    def data(self, data: bytes) -> list[Action]:
        """Collect; the Runtime API keeps to the limit."""
        self._body += data
        return []

    def client_left(self, unsent: int) -> list[Action]:  # noqa: ARG002 (nothing is sent before the end)
        """Return nothing to do."""
        return []

    def end(self, error: FunctionError | None) -> list[Action]:
        """Return the whole response."""
        self.served = True
        if error is not None:
            return self._fail(self._policy.failed(error))
        try:
            response, prelude = self._interpret(bytes(self._body))
        except (PreludeError, InvalidResult) as invalid:
            return self._fail(self._policy.invalid(invalid))
        warnings = self._policy.warnings(prelude, response.headers)
        return [*map(Warn, warnings), whole(self._policy, response)]

    def _interpret(self, body: bytes) -> tuple[HttpResponse, Prelude | None]:
        decoder = self._policy.opening(self._head)
        if isinstance(decoder, HttpResponse):
            return result.from_result(body, self._head.content_type), None
        body = decoder.feed(body)
        decoder.finish()
        if decoder.prelude is None:
            return result.without_prelude(None), None
        return result.from_prelude(decoder.prelude, body), decoder.prelude

    def _fail(self, failure: Failure) -> list[Action]:
        return [Warn(failure.warning), whole(self._policy, failure.response)]


def _failure(reason: str) -> Failure:
    return Failure(errors.bad_gateway(), f"the client got 502 Internal Server Error: {reason}")


def _prelude_warnings(prelude: Prelude) -> list[str]:
    texts = [f"the prelude's key {key!r} has no effect on a function URL" for key in prelude.ignored]
    if prelude.size > MAX_PRELUDE_BYTES:
        texts.append(f"the prelude has {prelude.size} bytes; API Gateway takes {MAX_PRELUDE_BYTES}")
    return texts
