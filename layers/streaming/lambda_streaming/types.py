"""Types for static checkers: what a handler gets, and what it may say.

Nothing of the runtime imports this module, so that it costs no cold start.
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (payload format 2.0)
"""

from collections.abc import Mapping
from typing import Literal, NotRequired, Protocol, TypedDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator
    from typing import Any, TypeAlias

    from typing_extensions import Buffer

    from lambda_streaming._pipeline import Readable
    from lambda_streaming._response_stream import ResponseStream

    Piece: TypeAlias = Buffer | str
    # An iterator, unlike a list, may begin with the metadata.
    Body: TypeAlias = (
        Iterator[Mapping[str, object] | Piece]
        | AsyncIterable[Mapping[str, object] | Piece]
        | Iterable[Piece]
        | Readable
        | Mapping[str, object]
        | Piece
    )
    # Any: an event has as many types as there are services, and other packages have their own LambdaContext.
    StreamingHandler: TypeAlias = (
        Callable[[Any, ResponseStream, Any], Awaitable[None] | None]
        | Callable[[Any, Any, ResponseStream], Awaitable[None] | None]
        | Callable[[Any, Any], Awaitable[Body | None] | Body | None]
    )


class Metadata(TypedDict, total=False):
    """Status, headers and cookies of a streamed response.

    ``multiValueHeaders`` is for API Gateway alone; each cookie is the value of one Set-Cookie.
    """

    statusCode: int
    headers: Mapping[str, str]
    multiValueHeaders: Mapping[str, list[str]]
    cookies: list[str]


class StreamingContext(Protocol):
    """What this runtime adds to a context object: for annotations beside another package's LambdaContext."""

    @property
    def response_stream(self) -> "ResponseStream":
        """The stream of the invocation's response."""


class IamIdentity(TypedDict):
    """An IAM identity."""

    accessKey: str
    accountId: str
    callerId: str
    cognitoIdentity: None
    principalOrgId: str | None
    userArn: str
    userId: str


class Authorizer(TypedDict):
    """Who signed the request, where the URL's AuthType is AWS_IAM."""

    iam: IamIdentity


class HttpDescription(TypedDict):
    """The request's first line, and where it came from."""

    method: str
    path: str
    protocol: str
    sourceIp: str
    userAgent: NotRequired[str]


class RequestContext(TypedDict):
    """How and by whom a function URL was called; ``timeEpoch`` is in milliseconds."""

    accountId: str
    apiId: str
    authorizer: NotRequired[Authorizer]
    domainName: str
    domainPrefix: str
    http: HttpDescription
    requestId: str
    routeKey: str
    stage: str
    time: str
    timeEpoch: int


class FunctionUrlEvent(TypedDict):
    """The event of a function URL. What is empty is left out, never None."""

    version: Literal["2.0"]
    routeKey: str
    rawPath: str
    rawQueryString: str
    cookies: NotRequired[list[str]]
    headers: dict[str, str]
    queryStringParameters: NotRequired[dict[str, str]]
    requestContext: RequestContext
    body: NotRequired[str]
    isBase64Encoded: bool
