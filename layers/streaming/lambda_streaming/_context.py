"""The context object a handler gets.

https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
"""

from __future__ import annotations

import sys

from lambda_streaming import _json_codec
from lambda_streaming._exceptions import RuntimeFault
from lambda_streaming._invocation import CLIENT_CONTEXT, COGNITO_IDENTITY, DEADLINE, FUNCTION_ARN, as_utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from lambda_streaming._invocation import Invocation
    from lambda_streaming._response_stream import ResponseStream

# What LambdaContext.w3c() may return; anything else in the client context's "w3c" is ignored.
_W3C_FIELDS = ("traceparent", "tracestate", "baggage")


class _Fields:
    """An object whose attributes are its slots, filled from a mapping; what the mapping lacks is None."""

    __slots__: tuple[str, ...] = ()

    def __init__(self, values: Mapping[str, Any]) -> None:
        for name in self.__slots__:
            setattr(self, name, values.get(name))

    def __repr__(self) -> str:
        fields = ",".join(f"{name}={getattr(self, name)}" for name in self.__slots__)
        return f"{type(self).__name__}([{fields}])"


class Client(_Fields):
    """The mobile client that called, from the client context."""

    # In the order in which the managed runtime shows them.
    __slots__ = (  # noqa: RUF023
        "installation_id",
        "app_title",
        "app_version_name",
        "app_version_code",
        "app_package_name",
    )
    installation_id: str | None
    app_title: str | None
    app_version_name: str | None
    app_version_code: str | None
    app_package_name: str | None


class ClientContext(_Fields):
    """What the caller passed as X-Amz-Client-Context."""

    __slots__ = ("custom", "env", "client")  # noqa: RUF023 - as above
    custom: dict[str, Any] | None
    env: dict[str, Any] | None
    client: Client | None

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        client = values.get("client")
        self.client = None if client is None else Client(client)


class CognitoIdentity(_Fields):
    """The Amazon Cognito identity that called; both fields are None where none did."""

    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")
    cognito_identity_id: str | None
    cognito_identity_pool_id: str | None


class LambdaContext:
    """The context object: the fields and methods of Lambda's managed Python runtime, and the response stream.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    def __init__(
        self,
        invocation: Invocation,
        environ: Mapping[str, str],
        clock: Callable[[], float],
        log: Callable[[str], object] = sys.stdout.write,
    ) -> None:
        """``clock`` tells the time in seconds since the epoch, ``log`` takes what ``context.log`` is given.

        Raises RuntimeFault (Runtime.LambdaContextUnmarshalError) for a header that is not JSON.
        """
        headers = invocation.headers
        self.aws_request_id = invocation.request_id
        self.log_group_name = environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn: str = headers.get(FUNCTION_ARN, "")
        self.tenant_id = invocation.tenant_id
        client_context = _json_header(headers.get(CLIENT_CONTEXT), "Client Context")
        self._w3c = _take_w3c(client_context)
        self.client_context = None if client_context is None else ClientContext(client_context)
        cognito = _json_header(headers.get(COGNITO_IDENTITY), "Cognito Identity")
        if cognito is None:
            cognito = {}
        self.identity = CognitoIdentity(
            {
                "cognito_identity_id": cognito.get("cognitoIdentityId"),
                "cognito_identity_pool_id": cognito.get("cognitoIdentityPoolId"),
            }
        )
        self._deadline_ms = int(headers.get(DEADLINE, "0"))
        self._clock = clock
        self._log = log
        self._invocation = invocation

    @property
    def response_stream(self) -> ResponseStream:
        """The stream of this invocation's response. To read the attribute changes nothing.

        The first write, flush, end, content type or metadata makes the response a streamed one.
        """
        if self._invocation is None or self._invocation.open_stream is None:
            raise AttributeError("This context has no response_stream: no runtime is behind it")
        return self._invocation.response_stream()

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left before the function's timeout; never below 0."""
        return max(0, self._deadline_ms - int(self._clock() * 1000))

    def w3c(self) -> dict[str, str]:
        """Return the W3C trace context: traceparent, tracestate and baggage, as far as they were sent."""
        return dict(self._w3c)

    def log(self, msg: object) -> None:
        """Write ``msg`` to the function's log as it is."""
        self._log(str(msg))

    def __repr__(self) -> str:
        names = (
            "aws_request_id",
            "log_group_name",
            "log_stream_name",
            "function_name",
            "memory_limit_in_mb",
            "function_version",
            "invoked_function_arn",
            "client_context",
            "identity",
            "tenant_id",
        )
        return f"LambdaContext([{','.join(f'{name}={getattr(self, name)}' for name in names)}])"


def _json_header(value: str | None, name: str) -> Any:
    text = as_utf8(value)
    if not text:
        return None
    try:
        return _json_codec.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"Unable to parse {name} JSON: {error}"
        raise RuntimeFault("Runtime.LambdaContextUnmarshalError", message) from None


def _take_w3c(client_context: Any) -> dict[str, str]:
    """Take the trace context out of the client context, so that it is read through ``w3c()`` alone."""
    if not isinstance(client_context, dict):
        return {}
    fields = client_context.pop("w3c", None)
    if not isinstance(fields, dict):
        return {}
    return {name: fields[name] for name in _W3C_FIELDS if isinstance(fields.get(name), str)}
