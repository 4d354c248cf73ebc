"""The trailers with which a runtime ends a streamed response that has failed.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html, "Implementing response streaming".
"""

import base64
import binascii

from local_lambda.http.message import Headers
from local_lambda.platform.invocation import FunctionError

ERROR_TYPE = "lambda-runtime-function-error-type"
_ERROR_BODY = "lambda-runtime-function-error-body"


def declared(trailers: Headers, declaration: str | None) -> tuple[dict[str, str], list[str]]:
    """Return the trailers that the Trailer header declares, and the names of the others: AWS drops those."""
    names = {name.strip() for name in (declaration or "").lower().split(",")}
    dropped = [name for name, _ in trailers if name not in names]
    return {name: value for name, value in trailers if name in names}, dropped


def error_in(trailers: dict[str, str]) -> FunctionError | None:
    """Return the error in the trailers: its type, and its JSON in base64; None without one."""
    if ERROR_TYPE not in trailers and _ERROR_BODY not in trailers:
        return None
    encoded = trailers.get(_ERROR_BODY, "").encode("latin-1")
    try:
        body = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        body = encoded
    return FunctionError(trailers.get(ERROR_TYPE) or "Runtime.Unknown", body, in_trailers=True)
