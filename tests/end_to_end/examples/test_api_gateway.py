"""The REST API that streams: as deployed, and on this machine."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.translated import of_type
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

EXAMPLE = "api-gateway"


def test_the_integration_streams() -> None:
    (api,) = of_type(EXAMPLE, "AWS::ApiGateway::RestApi").values()
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    integration = api["Body"]["paths"]["/countdown/{from}"]["get"]["x-amazon-apigateway-integration"]
    uri = integration.pop("uri")["Fn::Sub"]
    assert re.fullmatch(
        r"arn:.*:apigateway:\$\{AWS::Region\}:lambda:path/2021-11-15/functions/"
        r"\$\{CountdownFunction\.Arn\}/response-streaming-invocations",
        uri,
    )
    assert integration == {
        "httpMethod": "POST",
        "responseTransferMode": "STREAM",
        "timeoutInMillis": 660_000,
        "type": "aws_proxy",
    }


def test_the_api_alone_may_invoke_the_function() -> None:
    (permission,) = of_type(EXAMPLE, "AWS::Lambda::Permission").values()
    assert (permission["Action"], permission["Principal"]) == (
        "lambda:InvokeFunction",
        "apigateway.amazonaws.com",
    )
    assert permission["SourceArn"]["Fn::Sub"][0].endswith("/GET/countdown/*")


def test_numbers_arrive_one_by_one(served: LocalLambda) -> None:
    url = urlsplit(served.urls["Api"])
    assert url.path == "/Prod/"
    connection = http.client.HTTPConnection(url.netloc, timeout=60)
    # Ten minutes' worth at this rate: what comes before the end has not waited for it.
    connection.request("GET", "/Prod/countdown/600?rate=1")
    response = connection.getresponse()
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert [response.readline() for _ in range(4)] == [b"data: 600\n", b"\n", b"data: 599\n", b"\n"]
    response.close()
    connection.close()


def test_a_whole_countdown(served: LocalLambda) -> None:
    answer = request(served.urls["Api"], "/Prod/countdown/3?rate=100")
    assert answer.body == b"data: 3\n\ndata: 2\n\ndata: 1\n\nevent: liftoff\ndata: 0\n\n"


@pytest.mark.parametrize("path", ["601", "-1", "x", "%C2%B2", "3?rate=0", "3?rate=many", "99999"])
def test_what_it_cannot_count_is_a_400(served: LocalLambda, path: str) -> None:
    answer = request(served.urls["Api"], f"/Prod/countdown/{path}")
    assert (answer.status, answer.body[:8]) == (400, b"expected")
