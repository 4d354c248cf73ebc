"""Verify SigV4: the key is known, and signature, body hash and date are right.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. botocore signs the
request again with the secret of the access key, and the two signatures are compared.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, HTTPHeaders
from botocore.credentials import Credentials

from local_lambda.endpoints.signed_query import normalised
from local_lambda.http.message import HttpRequest
from local_lambda.model.credentials import KnownCredentials

_ALGORITHM = "AWS4-HMAC-SHA256"
_SKEW = timedelta(minutes=5)
_MAX_EXPIRES = 7 * 24 * 3600
_CLOCK = "%Y%m%dT%H%M%SZ"
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key and signing method. Consult the service documentation for details."
)


class Unsigned(Exception):
    """The request has no signature."""


class SignatureRejected(Exception):
    """The signature is rejected, with AWS's error type, and the text that the client gets."""

    def __init__(self, error_type: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.hint = hint or message
        """The text for the terminal, which may say more."""


@dataclass(frozen=True, kw_only=True)
class _Signature:
    access_key: str
    scope: tuple[str, ...]
    signed_headers: tuple[str, ...]
    value: str
    timestamp: str
    token: str | None
    lifetime: timedelta
    query: str
    """The query without the signature itself."""


def verify(
    request: HttpRequest, body: bytes, known: Sequence[KnownCredentials], now: datetime
) -> KnownCredentials:
    """Return the credentials that signed the request. Raises Unsigned and SignatureRejected."""
    signature = _signature(request)
    _check_scope(signature)
    signed_at = _check_date(signature, now)
    credentials = _credentials(signature, known)
    _check_payload(request, body)
    _check_signed_headers(request, signature)
    expected = _expected(request, body, signature, credentials, signed_at)
    if not hmac.compare_digest(expected.encode(), signature.value.encode()):
        raise _mismatch("the signature does not match the secret of this access key")
    return credentials


def is_signed(request: HttpRequest) -> bool:
    """Return whether there is a signature, right or wrong."""
    return _is_presigned(request) or (request.header("authorization") or "").startswith("AWS4-")


def _is_presigned(request: HttpRequest) -> bool:
    return "X-Amz-Algorithm" in dict(_pairs(request.query))


def _signature(request: HttpRequest) -> _Signature:
    if not is_signed(request):
        raise Unsigned
    return _of_query(request) if _is_presigned(request) else _of_headers(request)


def _of_headers(request: HttpRequest) -> _Signature:
    algorithm, _, rest = (request.header("authorization") or "").partition(" ")
    fields = dict(re.findall(r"(\w+)=([^,\s]*)", rest))
    for name in ("Credential", "Signature", "SignedHeaders"):
        if algorithm != _ALGORITHM or not fields.get(name):
            raise _incomplete(f"Authorization header requires '{name}' parameter.")
    timestamp = request.header("x-amz-date")
    if timestamp is None:
        raise _incomplete("Authorization header requires existence of a 'X-Amz-Date' header.")
    return _made(fields, timestamp, request.header("x-amz-security-token"), _SKEW, request.query)


def _of_query(request: HttpRequest) -> _Signature:
    pairs = _pairs(request.query)
    fields = {name.removeprefix("X-Amz-"): value for name, value in pairs if name.startswith("X-Amz-")}
    for name in ("Credential", "Signature", "SignedHeaders", "Date", "Expires"):
        if fields["Algorithm"] != _ALGORITHM or not fields.get(name):
            raise _incomplete(f"AWS query-string parameters must include 'X-Amz-{name}'.")
    expires = fields["Expires"]
    if not re.fullmatch(r"[0-9]{1,9}", expires) or int(expires) > _MAX_EXPIRES:
        raise _incomplete("X-Amz-Expires must be a number of seconds, and less than a week.")
    query = "&".join(pair for pair in request.query.split("&") if not pair.startswith("X-Amz-Signature="))
    lifetime = timedelta(seconds=int(expires))
    return _made(fields, fields["Date"], fields.get("Security-Token"), lifetime, query)


def _made(
    fields: dict[str, str], timestamp: str, token: str | None, lifetime: timedelta, query: str
) -> _Signature:
    access_key, *scope = fields["Credential"].split("/")
    names = tuple(fields["SignedHeaders"].split(";"))
    return _Signature(
        access_key=access_key,
        scope=tuple(scope),
        signed_headers=names,
        value=fields["Signature"],
        timestamp=timestamp,
        token=token,
        lifetime=lifetime,
        query=query,
    )


def _check_scope(signature: _Signature) -> None:
    """Accept any region: the local Lambda is in all of them."""
    scope = signature.scope
    if len(scope) != 4 or scope[2:] != ("lambda", "aws4_request") or not scope[1]:
        raise _invalid("Credential should be scoped to correct service: 'lambda'.")
    if scope[0] != signature.timestamp[:8]:
        raise _invalid("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date.")


def _check_date(signature: _Signature, now: datetime) -> str:
    try:
        signed_at = datetime.strptime(signature.timestamp, _CLOCK).replace(tzinfo=UTC)
    except ValueError:
        raise _incomplete("Date must be in ISO-8601 'basic format'.") from None
    if signed_at + signature.lifetime < now:
        limit = f"{now - signature.lifetime:{_CLOCK}}"
        raise _invalid(f"Signature expired: {signature.timestamp} is now earlier than {limit}")
    if signed_at - _SKEW > now:
        limit = f"{now + _SKEW:{_CLOCK}}"
        raise _invalid(f"Signature not yet current: {signature.timestamp} is still later than {limit}")
    return signature.timestamp


def _credentials(signature: _Signature, known: Sequence[KnownCredentials]) -> KnownCredentials:
    for one in known:
        if one.access_key == signature.access_key and one.token == signature.token:
            return one
    message = "The security token included in the request is invalid."
    hint = "the access key (with its session token) is not among those of --credentials"
    raise SignatureRejected("UnrecognizedClientException", message, hint)


def _check_payload(request: HttpRequest, body: bytes) -> None:
    """Check the hash that the client sent; Lambda does not accept UNSIGNED-PAYLOAD."""
    declared = request.header("x-amz-content-sha256")
    if declared is not None and declared != hashlib.sha256(body).hexdigest():
        raise _mismatch("x-amz-content-sha256 is not the hash of the body")


def _check_signed_headers(request: HttpRequest, signature: _Signature) -> None:
    if "host" not in signature.signed_headers:
        raise _invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization header.")
    sent = {name for name, _ in request.headers}
    unsigned = {name for name in sent if name.startswith("x-amz-")} - set(signature.signed_headers)
    # The payload's hash is signed in any case, as a line of its own.
    if unsigned - {"x-amz-content-sha256"} or not set(signature.signed_headers) <= sent:
        raise _mismatch("a header is not signed that must be, or that SignedHeaders names")


class _Resigned(SigV4Auth):
    """botocore's signature over the headers that the client signed, and no others."""

    def __init__(self, credentials: KnownCredentials, signature: _Signature) -> None:
        pair = Credentials(credentials.access_key, credentials.secret_key)
        super().__init__(pair, "lambda", signature.scope[1])
        self._names = signature.signed_headers

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        headers = HTTPHeaders()
        for name in self._names:
            for value in request.headers.get_all(name) or []:
                headers.add_header(name, value)
        return headers


def _expected(
    request: HttpRequest, body: bytes, signature: _Signature, credentials: KnownCredentials, timestamp: str
) -> str:
    # The host that is signed is the header's.
    url = f"http://localhost{request.path}?{normalised(signature.query)}"
    again = AWSRequest(method=request.method, url=url, data=body)
    for name, value in request.headers:
        again.headers.add_header(name, value)
    again.context["timestamp"] = timestamp
    auth = _Resigned(credentials, signature)
    return str(auth.signature(auth.string_to_sign(again, auth.canonical_request(again)), again))


def _pairs(query: str) -> list[tuple[str, str]]:
    divided = (pair.partition("=") for pair in query.split("&") if pair)
    return [(unquote(name), unquote(value)) for name, _, value in divided]


def _invalid(message: str) -> SignatureRejected:
    return SignatureRejected("InvalidSignatureException", message)


def _mismatch(hint: str) -> SignatureRejected:
    return SignatureRejected("InvalidSignatureException", _MISMATCH, hint)


def _incomplete(message: str) -> SignatureRejected:
    return SignatureRejected("IncompleteSignatureException", message)
