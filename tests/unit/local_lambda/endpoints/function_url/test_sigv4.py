"""Signatures, made by botocore and judged by the local Lambda."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_lambda.endpoints.function_url.sigv4 import SignatureRejected, Unsigned, is_signed, verify
from local_lambda.http.message import HttpRequest
from local_lambda.model.credentials import DEFAULT_CREDENTIALS, KnownCredentials

URL = "http://127.0.0.1:3001"
KNOWN = [KnownCredentials(access_key="AKIAOTHER", secret_key="other"), DEFAULT_CREDENTIALS]
WITH_TOKEN = KnownCredentials(access_key="ASIASESSION", secret_key="secret", token="token")


def sign(
    path: str = "/",
    method: str = "GET",
    body: bytes = b"",
    by: KnownCredentials = DEFAULT_CREDENTIALS,
    headers: dict[str, str] | None = None,
    auth: Any = SigV4Auth,
    service: str = "lambda",
    region: str = "eu-west-1",
) -> HttpRequest:
    request = AWSRequest(method, URL + path, headers=headers or {}, data=body)
    auth(Credentials(by.access_key, by.secret_key, by.token), service, region).add_auth(request)
    parts = urlsplit(str(request.url))
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = [(name.lower(), value) for name, value in request.headers.items()]
    return HttpRequest(method, target, [("host", parts.netloc), *sent], "192.0.2.1", 3001)


def changed(request: HttpRequest, **headers: str | None) -> HttpRequest:
    wanted = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = [(name, value) for name, value in request.headers if name not in wanted]
    added = [(name, value) for name, value in wanted.items() if value is not None]
    return replace(request, headers=kept + added)


def check(request: HttpRequest, body: bytes = b"", later: timedelta = timedelta()) -> KnownCredentials:
    return verify(request, body, [*KNOWN, WITH_TOKEN], datetime.now(UTC) + later)


def refusal(request: HttpRequest, body: bytes = b"", later: timedelta = timedelta()) -> tuple[str, str]:
    with pytest.raises(SignatureRejected) as caught:
        check(request, body, later)
    return caught.value.error_type, str(caught.value)


@pytest.mark.parametrize(
    "path",
    ["/", "/a/b", "/?b=2&a=1&a=0", "/?empty&x=", "/a%20b/%C3%A9?q=%20%2B%2F&%C3%A9=~", "/a:b@c", "//a/../b"],
)
@pytest.mark.parametrize("auth", [SigV4Auth, SigV4QueryAuth])
def test_what_botocore_signs_gets_in(path: str, auth: Any) -> None:
    assert check(sign(path, auth=auth)) is DEFAULT_CREDENTIALS


def test_a_body_and_headers() -> None:
    headers = {"x-amz-content-sha256": hashlib.sha256(b"{}").hexdigest(), "x-one": "a   b", "User-Agent": "u"}
    request = sign("/", "POST", b"{}", headers=headers)
    assert check(changed(request, accept="*/*"), b"{}") is DEFAULT_CREDENTIALS


@pytest.mark.parametrize("auth", [SigV4Auth, SigV4QueryAuth])
def test_a_session(auth: Any) -> None:
    assert check(sign(by=WITH_TOKEN, auth=auth)) is WITH_TOKEN
    for other in (None, "another"):
        error_type, message = refusal(sign(by=replace(WITH_TOKEN, token=other), auth=auth))
        assert error_type == "UnrecognizedClientException"
        assert message == "The security token included in the request is invalid."


MISMATCH = (
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key and signing method. Consult the service documentation for details.",
)


def test_a_replay_with_another_body_or_query_or_method() -> None:
    request = sign("/?a=1", "POST", b"body")
    assert refusal(request, b"other") == MISMATCH
    assert refusal(replace(request, target="/?a=2"), b"body") == MISMATCH
    assert refusal(replace(request, target="/b?a=1"), b"body") == MISMATCH
    assert refusal(replace(request, method="PUT"), b"body") == MISMATCH
    assert refusal(changed(request, host="127.0.0.1:3002"), b"body") == MISMATCH


def test_the_payload_s_hash_has_to_be_that_of_the_payload() -> None:
    honest = {"x-amz-content-sha256": hashlib.sha256(b"body").hexdigest()}
    request = sign("/", "POST", b"body", headers=honest)
    assert refusal(request, b"other") == MISMATCH
    unsigned = sign("/", "POST", b"body", headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
    assert refusal(unsigned, b"body") == MISMATCH


def test_a_wrong_secret_and_an_unknown_key() -> None:
    assert refusal(sign(by=replace(DEFAULT_CREDENTIALS, secret_key="wrong"))) == MISMATCH
    assert (
        refusal(sign(by=KnownCredentials(access_key="AKIANOBODY", secret_key="x")))[0]
        == "UnrecognizedClientException"
    )


def test_headers_that_are_not_signed() -> None:
    request = sign()
    assert refusal(changed(request, x_amz_meta="added")) == MISMATCH
    authorization = request.header("authorization") or ""
    without = changed(request, authorization=authorization.replace("=host;", "="))
    assert "'Host' or ':authority' must be a 'SignedHeader'" in refusal(without)[1]
    more = changed(request, authorization=authorization.replace("=host;", "=absent;host;"))
    assert refusal(more) == MISMATCH


@pytest.mark.parametrize(
    ("minutes", "text"), [(6, "Signature expired: "), (-6, "Signature not yet current: ")]
)
def test_another_time(minutes: int, text: str) -> None:
    error_type, message = refusal(sign(), later=timedelta(minutes=minutes))
    assert (error_type, message.startswith(text)) == ("InvalidSignatureException", True)
    assert check(sign(), later=timedelta(minutes=minutes * 4 / 6)) is DEFAULT_CREDENTIALS


def test_a_presigned_url_lives_as_long_as_it_says() -> None:
    request = sign("/?a=1", auth=SigV4QueryAuth)
    assert check(request, later=timedelta(minutes=59)) is DEFAULT_CREDENTIALS
    assert refusal(request, later=timedelta(minutes=61))[1].startswith("Signature expired")
    for lifetime in ("604801", "٣٦٠٠", "9" * 5000):
        changed_request = replace(
            request, target=request.target.replace("Expires=3600", f"Expires={lifetime}")
        )
        assert refusal(changed_request)[0] == "IncompleteSignatureException"


def test_another_service_or_day() -> None:
    assert "correct service: 'lambda'" in refusal(sign(service="s3"))[1]
    request = sign()
    assert "Date in Credential scope" in refusal(changed(request, x_amz_date="20200101T000000Z"))[1]


@pytest.mark.parametrize(
    "authorization",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a/b, Signature=1",
        "AWS4-HMAC-SHA256 Credential=/////, SignedHeaders=;, Signature=x",
        "AWS4-ECDSA-P256-SHA256 Credential=a/b/lambda/aws4_request, SignedHeaders=host, Signature=1",
        "AWS4-HMAC-SHA256 Credential=a/20200101/r/lambda/aws4_request, SignedHeaders=host, Signature=\xe9",
    ],
)
def test_garbage_is_refused(authorization: str) -> None:
    for date in (None, "yesterday", "20200101T000000Z"):
        refusal(changed(sign(), authorization=authorization, x_amz_date=date))


def test_a_presigned_url_with_parts_missing() -> None:
    target = sign("/", auth=SigV4QueryAuth).target
    for name in ("Credential", "Signature", "SignedHeaders", "Date", "Expires"):
        request = HttpRequest("GET", target.replace(f"X-Amz-{name}=", "x="), [("host", "h")], "192.0.2.1", 1)
        assert refusal(request)[0] == "IncompleteSignatureException"


@pytest.mark.parametrize("authorization", [None, "Bearer abc", "Basic abc"])
def test_no_signature_at_all(authorization: str | None) -> None:
    request = changed(sign(), authorization=authorization)
    assert not is_signed(request)
    with pytest.raises(Unsigned):
        check(request)


def test_odd_characters() -> None:
    request = sign()
    assert refusal(changed(request, host="[")) == MISMATCH
    text = (request.header("authorization") or "").rpartition("=")[0]
    assert refusal(changed(request, authorization=f"{text}=\xe9")) == MISMATCH
