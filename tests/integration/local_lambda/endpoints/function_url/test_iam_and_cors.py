"""URLs of AuthType AWS_IAM and URLs with Cors, with the clients that people use."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_lambda.model.credentials import DEFAULT_CREDENTIALS
from tests.support import preloaded
from tests.support.api_client import boto_client
from tests.support.runtime_process import ROOT
from tests.support.url_client import Answer, request
from tools.local_lambda_process import LocalLambda

TEMPLATE = ROOT / "tests" / "fixtures" / "local_lambda" / "limits.yaml"
ORIGIN = "https://a.example"
FORBIDDEN = (
    b'{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: '
    b'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
)
KEYS = (DEFAULT_CREDENTIALS.access_key, DEFAULT_CREDENTIALS.secret_key)


@pytest.fixture(scope="module")
def served() -> Iterator[LocalLambda]:
    with LocalLambda(TEMPLATE, ports=8) as running:
        yield running


@pytest.fixture(scope="module")
def signed(served: LocalLambda) -> str:
    return served.urls["SignedFunction"]


def signature(url: str, method: str, body: bytes, keys: tuple[str, str] = KEYS) -> dict[str, str]:
    made = AWSRequest(method, url, data=body, headers={"Content-Type": "text/plain"})
    SigV4Auth(Credentials(*keys), "lambda", "eu-north-1").add_auth(made)
    return dict(made.headers.items())


def check_refusal(answer: Answer, error_type: str) -> None:
    assert answer.status == 403
    names = ["Date", "Content-Type", "Content-Length", "Connection", "x-amzn-RequestId", "x-amzn-ErrorType"]
    assert answer.headers.keys() == names
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["x-amzn-ErrorType"] == error_type


def test_an_unsigned_request(served: LocalLambda, signed: str) -> None:
    for headers in ({}, {"Authorization": "Bearer token"}):
        answer = request(signed, "/event", headers=headers)
        check_refusal(answer, "AccessDeniedException")
        assert answer.body == FORBIDDEN
        assert answer.headers["Content-Length"] == "144"
    served.wait_for("403: AuthType is AWS_IAM, and the request is not signed")
    assert "SignedFunction | START" not in served.output


def test_botocore_gets_in_and_the_event_says_who_it_was(signed: str) -> None:
    headers = signature(f"{signed}event?a=1&b=%20", "POST", b"body")
    answer = request(signed, "/event?a=1&b=%20", "POST", b"body", headers)
    assert answer.status == 200
    event = answer.json
    assert event["body"] == "body"
    assert event["requestContext"]["authorizer"] == {"iam": DEFAULT_CREDENTIALS.identity}
    assert event["requestContext"]["accountId"] == DEFAULT_CREDENTIALS.identity["accountId"]
    assert "authorization" not in event["headers"]
    assert event["headers"]["x-amz-date"] == headers["X-Amz-Date"]


@pytest.mark.parametrize("data", [[], ["--data", "some=form"]])
def test_curl_gets_in(signed: str, data: list[str]) -> None:
    command = ["curl", "-sS", "-w", "%{http_code}", "--aws-sigv4", "aws:amz:us-east-1:lambda"]
    command += ["--user", ":".join(KEYS), *data, f"{signed}event"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert answer.stdout.endswith("200"), answer
    assert json.loads(answer.stdout[:-3])["requestContext"]["authorizer"]["iam"]["accessKey"] == KEYS[0]


def test_a_presigned_url_gets_in(signed: str) -> None:
    made = AWSRequest("GET", f"{signed}event")
    SigV4QueryAuth(Credentials(*KEYS), "lambda", "eu-north-1", expires=60).add_auth(made)
    path = "/" + str(made.url).removeprefix(signed)
    assert request(signed, path).json["queryStringParameters"]["X-Amz-Expires"] == "60"


def test_a_replay_with_another_body_does_not(served: LocalLambda, signed: str) -> None:
    headers = signature(f"{signed}event", "POST", b"body")
    assert request(signed, "/event", "POST", b"body", headers).status == 200
    answer = request(signed, "/event", "POST", b"evil", headers)
    check_refusal(answer, "InvalidSignatureException")
    assert list(answer.json) == ["message"]
    assert answer.json["message"].startswith("The request signature we calculated does not match")
    served.wait_for("403: InvalidSignatureException: the signature does not match the secret")


def test_credentials_of_one_s_own(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("[someone]\naws_access_key_id = MINE\naws_secret_access_key = secret\n")
    with LocalLambda(TEMPLATE, "--credentials", str(file), ports=8) as running:
        url = running.urls["SignedFunction"]
        event = request(url, "/event", headers=signature(f"{url}event", "GET", b"", ("MINE", "secret"))).json
        assert event["requestContext"]["authorizer"]["iam"]["userArn"].endswith(":user/someone")
        answer = request(url, "/event", headers=signature(f"{url}event", "GET", b""))
        check_refusal(answer, "UnrecognizedClientException")
        assert "secret" not in running.output


@pytest.mark.parametrize("value", ["nowhere", "MINE:", str(ROOT / "template.yaml")])
def test_credentials_that_are_none(value: str) -> None:
    command = [str(preloaded.command("local_lambda")), "start", "--credentials", value]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("local_lambda: --credentials ")


def test_the_api_tells_auth_type_and_cors(served: LocalLambda) -> None:
    client = boto_client("lambda", f"http://127.0.0.1:{served.port}")
    config = client.get_function_url_config(FunctionName="SignedFunction")
    assert (config["AuthType"], config["Cors"]["AllowOrigins"]) == ("AWS_IAM", ["*"])


def test_a_preflight_needs_no_signature_and_no_function(served: LocalLambda, signed: str) -> None:
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    answer = request(signed, "/event", "OPTIONS", headers=headers)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_preflight(served: LocalLambda) -> None:
    url = served.urls["CorsFunction"]
    before = served.output.count("CorsFunction | START")
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    answer = request(url, "/untyped", "OPTIONS", headers=headers)
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "0")
    configured = {name: value for name, value in answer.headers.items() if name.startswith("Access-Control")}
    assert configured == {
        "Access-Control-Allow-Origin": ORIGIN,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "x-one",
        "Access-Control-Max-Age": "300",
    }
    assert served.output.count("CorsFunction | START") == before
    assert request(url, "/untyped", "OPTIONS", headers={"Origin": ORIGIN}).body == b"bytes"


def test_other_answers(served: LocalLambda) -> None:
    url = served.urls["CorsFunction"]
    answer = request(url, "/untyped", headers={"Origin": ORIGIN})
    assert answer.body == b"bytes"
    assert answer.headers.get_all("Access-Control-Allow-Origin") == [ORIGIN]
    assert answer.headers["Access-Control-Expose-Headers"] == "date"
    for headers in ({}, {"Origin": "https://other.example"}):
        assert "Access-Control-Allow-Origin" not in request(url, "/untyped", headers=headers).headers
    failed = request(url, "/error", headers={"Origin": ORIGIN})
    assert (failed.status, failed.headers["Access-Control-Allow-Origin"]) == (502, ORIGIN)


def test_headers_of_both_are_kept_and_warned_about(served: LocalLambda) -> None:
    answer = request(served.urls["CorsFunction"], "/cors", headers={"Origin": ORIGIN})
    assert answer.headers.get_all("Access-Control-Allow-Origin") == [ORIGIN, "*"]
    served.wait_for("the client got access-control-allow-origin twice")


def test_the_url_of_nobody_and_the_method_of_none(served: LocalLambda) -> None:
    url = served.urls["CorsFunction"]
    stranger = {"Host": "0123456789abcdefghijklmnopqrstuv.lambda-url.us-east-1.on.aws"}
    for answer in (request(url, "/untyped", headers=stranger), request(url, "/untyped", "TRACE")):
        check_refusal(answer, "AccessDeniedException")
        assert answer.body == b'{"Message":null}'


def test_a_request_too_large_has_aws_s_headers(served: LocalLambda) -> None:
    answer = request(served.urls["CorsFunction"], "/untyped", "POST", bytes(6_500_000))
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (413, "RequestEntityTooLargeException")
    assert answer.headers["x-amzn-RequestId"]
    assert "X-Amzn-Trace-Id" not in answer.headers
