"""A signature of the console's is one that a URL of AuthType AWS_IAM takes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local_lambda.endpoints.console.signing import signed
from local_lambda.endpoints.function_url.sigv4 import verify
from local_lambda.http.message import HttpRequest
from local_lambda.model.credentials import KnownCredentials

KEY = KnownCredentials(access_key="AKID", secret_key="secret")


@pytest.mark.parametrize(
    "known",
    [KEY, KnownCredentials(access_key="AKID", secret_key="secret", token="token")],
    ids=["key", "token"],
)
@pytest.mark.parametrize("target", ["/", "/a%20b/%C3%A4?x=1&y=a+b&empty=&z", "/p?b=2&a=1&a=0"])
def test_it_is_accepted(known: KnownCredentials, target: str) -> None:
    old = [("authorization", "AWS4-HMAC-SHA256 old"), ("x-amz-date", "20200101T000000Z")]
    headers = [("host", "127.0.0.1:3001"), ("x-amz-meta", "1"), *old]
    request = signed(HttpRequest("POST", target, headers, "127.0.0.1", 3001), b"body", known, "eu-central-1")
    assert verify(request, b"body", [known], datetime.now(UTC)) is known
    assert len([name for name, _ in request.headers if name == "authorization"]) == 1
