"""The Lambda API, called by boto3."""

from __future__ import annotations

import base64
import json
import re
import time
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from tests.support.api_client import boto_client
from tests.support.url_client import exchange, request
from tools.local_lambda_process import LocalLambda

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


@pytest.fixture(scope="module")
def endpoint(served: LocalLambda) -> str:
    return f"http://127.0.0.1:{served.port}"


@pytest.fixture(scope="module")
def client(endpoint: str) -> Any:
    return boto_client("lambda", endpoint)


def raw(path: str, **query: str) -> bytes:
    """An event for the raw runtime: the path is the scenario."""
    return json.dumps({"rawPath": path, "queryStringParameters": query}).encode()


def evaluate(source: str) -> bytes:
    """An event for the plain function: what it returns."""
    return json.dumps({"body": source, "isBase64Encoded": False}).encode()


def frames(answer: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The payload, and the InvokeComplete that ends the stream."""
    events = list(answer["EventStream"])
    assert "InvokeComplete" in events[-1]
    return b"".join(event["PayloadChunk"]["Payload"] for event in events[:-1]), events[-1]["InvokeComplete"]


def refusal(call: Any, **parameters: Any) -> dict[str, Any]:
    """The answer to a call that must be refused, with a modelled exception."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    assert type(raised.value) is not ClientError  # modelled
    return raised.value.response  # type: ignore[return-value]


def test_invoke(client: Any) -> None:
    answer = client.invoke(
        FunctionName="plain", Payload=evaluate("[event['body'][:1], context.aws_request_id]")
    )
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert "LogResult" not in answer
    first, request_id = json.loads(answer["Payload"].read())
    assert first == "["
    assert answer["ResponseMetadata"]["RequestId"] == request_id
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/json"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-trace-id"].startswith("Root=1-")


@pytest.mark.parametrize(
    ("name", "qualifier", "arn"),
    [
        ("plain", None, f"{ARN}plain"),
        ("plain:$LATEST", None, f"{ARN}plain:$LATEST"),
        ("plain", "$LATEST", f"{ARN}plain:$LATEST"),
        ("123456789012:function:plain", None, f"{ARN}plain"),
        (f"{ARN}plain", None, f"{ARN}plain"),
        (f"{ARN}plain:$LATEST", "$LATEST", f"{ARN}plain:$LATEST"),
    ],
)
def test_names(client: Any, name: str, qualifier: str | None, arn: str) -> None:
    parameters = {"Qualifier": qualifier} if qualifier else {}
    payload = evaluate("context.invoked_function_arn")
    answer = client.invoke(FunctionName=name, Payload=payload, **parameters)
    assert json.loads(answer["Payload"].read()) == arn


def test_an_arn_that_is_not_escaped(endpoint: str) -> None:
    answer = request(endpoint, f"/2015-03-31/functions/{ARN}plain/invocations", "POST", evaluate("7"))
    assert (answer.status, answer.body) == (200, b"7")


@pytest.mark.parametrize(
    ("name", "arn"),
    [
        ("nobody", f"{ARN}nobody"),
        ("PlainFunction", f"{ARN}PlainFunction"),  # a logical id is no name where there is a FunctionName
        ("plain:live", f"{ARN}plain:live"),
        ("111111111111:function:plain", "arn:aws:lambda:us-east-1:111111111111:function:plain"),
    ],
)
def test_a_function_that_is_not_there(client: Any, name: str, arn: str) -> None:
    for call in (
        client.invoke,
        client.invoke_with_response_stream,
        client.get_function,
        client.get_function_configuration,
    ):
        response = refusal(call, FunctionName=name)
        assert response["Error"] == {
            "Code": "ResourceNotFoundException",
            "Message": f"Function not found: {arn}",
        }
        assert response["Type"] == "User"
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_the_log(client: Any) -> None:
    source = "[print('first'), print('grüße'), sys.stdout.flush()][:0]"
    answer = client.invoke(FunctionName="plain", Payload=evaluate(source), LogType="Tail")
    request_id = answer["ResponseMetadata"]["RequestId"]
    log = base64.b64decode(answer["LogResult"]).decode()
    lines = log[log.index("START ") :].splitlines()
    assert lines[:4] == [
        f"START RequestId: {request_id} Version: $LATEST",
        "first",
        "grüße",
        f"END RequestId: {request_id}",
    ]
    assert lines[4].startswith(f"REPORT RequestId: {request_id}\tDuration: ")
    again = client.invoke(FunctionName="plain", Payload=evaluate("print('second')"), LogType="Tail")
    log = base64.b64decode(again["LogResult"]).decode()
    assert "second" in log
    assert "first" not in log


def test_the_log_has_4_kb(client: Any) -> None:
    answer = client.invoke(FunctionName="plain", Payload=evaluate("print('ä' * 9000)"), LogType="Tail")
    log = base64.b64decode(answer["LogResult"])
    assert 4094 <= len(log) <= 4096
    assert log.decode().startswith("ää")
    _, complete = frames(
        client.invoke_with_response_stream(FunctionName="plain", Payload=evaluate("print(1)"), LogType="Tail")
    )
    assert "\nEND RequestId: " in base64.b64decode(complete["LogResult"]).decode()


def test_client_context(client: Any) -> None:
    context = base64.b64encode('{"custom": {"key": "grüße"}}'.encode()).decode()
    source = "getattr(context.client_context, 'custom', None)"
    answer = client.invoke(FunctionName="plain", Payload=evaluate(source), ClientContext=context)
    assert json.loads(answer["Payload"].read()) == {"key": "grüße"}
    # An environment that is used again has forgotten it.
    assert client.invoke(FunctionName="plain", Payload=evaluate(source))["Payload"].read() == b"null"
    response = refusal(client.invoke, FunctionName="plain", ClientContext="bm8ganNvbg==")
    assert response["Error"]["Code"] == "InvalidRequestContentException"


def test_no_payload_is_an_empty_object(client: Any) -> None:
    answer = client.invoke(FunctionName="InlineFunction")
    assert answer["Payload"].read() == b'"inline"'


def test_invalid_json(client: Any) -> None:
    for call in (client.invoke, client.invoke_with_response_stream):
        response = refusal(call, FunctionName="plain", Payload=b"no json")
        assert response["Error"]["Code"] == "InvalidRequestContentException"
        assert response["Error"]["Message"].startswith("Could not parse request body into json")
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(("kind", "size"), [("RequestResponse", 6 * 2**20), ("Event", 2**20)])
def test_a_request_too_large(client: Any, kind: str, size: int) -> None:
    payload = b'"' + b"x" * (size - 1) + b'"'
    response = refusal(client.invoke, FunctionName="plain", InvocationType=kind, Payload=payload)
    assert response["Error"] == {
        "Code": "RequestTooLargeException",
        "Message": f"Request must be smaller than {size} bytes for the InvokeFunction operation",
    }
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_dry_run(client: Any, served: LocalLambda) -> None:
    for call in (client.invoke, client.invoke_with_response_stream):
        answer = call(FunctionName="plain", InvocationType="DryRun", Payload=evaluate("1"))
        assert answer["StatusCode"] == 204
        answer["Payload" if call == client.invoke else "EventStream"].close()
        assert f"START RequestId: {answer['ResponseMetadata']['RequestId']}" not in served.output


def test_an_event(client: Any, served: LocalLambda) -> None:
    answer = client.invoke(
        FunctionName="plain", InvocationType="Event", Payload=evaluate("print('in peace')")
    )
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    served.wait_for(f"START RequestId: {answer['ResponseMetadata']['RequestId']}")
    served.wait_for("PlainFunction | in peace")
    answer = client.invoke(FunctionName="plain", InvocationType="Event", Payload=evaluate("1 / 0"))
    assert answer["Payload"].read() == b""
    served.wait_for("PlainFunction | [local_lambda] the asynchronous invocation failed")


def failed(client: Any, name: str, payload: bytes) -> dict[str, Any]:
    answer = client.invoke(FunctionName=name, Payload=payload)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    document: dict[str, Any] = json.loads(answer["Payload"].read())
    document["RequestId"] = answer["ResponseMetadata"]["RequestId"]
    return document


def test_an_exception(client: Any) -> None:
    error = failed(client, "plain", evaluate("1 / 0"))
    assert (error["errorType"], error["errorMessage"]) == ("ZeroDivisionError", "division by zero")
    assert error["requestId"] == error["RequestId"]
    assert error["stackTrace"]


def test_a_timeout(client: Any) -> None:
    error = failed(client, "ShortFunction", raw("/sleep"))
    text = f"RequestId: {error.pop('RequestId')} Error: Task timed out after 1.00 seconds"
    assert error == {"errorType": "Sandbox.Timedout", "errorMessage": text}


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("0", "Runtime exited without providing a reason"),
        ("127", "Runtime exited with error: exit status 127"),
    ],
)
def test_an_exit(client: Any, status: str, text: str) -> None:
    error = failed(client, "RawFunction", raw("/exit", status=status))
    message = f"RequestId: {error.pop('RequestId')} Error: {text}"
    assert error == {"errorType": "Runtime.ExitError", "errorMessage": message}


def test_a_wrapper_that_does_not_exist(client: Any) -> None:
    error = failed(client, "UnwrappedFunction", b"{}")
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith(" Error: Runtime exited with error: exit status 127")


def test_an_init_error(client: Any) -> None:
    error = failed(client, "BrokenFunction", b"{}")
    assert (error["errorType"], error["requestId"]) == ("RuntimeError", "")
    assert error["errorMessage"] == "the module is broken"


def test_the_largest_response(client: Any) -> None:
    answer = client.invoke(FunctionName="RawFunction", Payload=raw("/buffered", size="6291556"))
    assert len(answer["Payload"].read()) == 6_291_556
    expected = {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }
    for payload in (raw("/buffered", size="6291557"), raw("/big", mb="7")):
        error = failed(client, "RawFunction", payload)
        del error["RequestId"]
        assert error == expected


def test_invoke_collects_a_stream(client: Any) -> None:
    answer = client.invoke(FunctionName="RawFunction", Payload=raw("/lines", n="3", gap="0.02"))
    assert answer["Payload"].read() == b"line 0\nline 1\nline 2\n"
    # The prelude is of no meaning here.
    answer = client.invoke(FunctionName="RawFunction", Payload=raw("/odd-cuts"))
    head, _, body = answer["Payload"].read().partition(b"\0" * 8)
    assert (json.loads(head)["statusCode"], body) == (201, b"\0\0body\0\0")
    error = failed(client, "RawFunction", raw("/error-after", gap="0.05"))
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "after the first byte")


def test_pieces_arrive_as_they_are_written(client: Any) -> None:
    answer = client.invoke_with_response_stream(
        FunctionName="RawFunction", Payload=raw("/lines", n="6", gap="0.2"), LogType="None"
    )
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert answer["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"
    arrived: list[tuple[bytes, float]] = []
    for event in answer["EventStream"]:
        piece = event["PayloadChunk"]["Payload"] if "PayloadChunk" in event else b""
        arrived.append((piece, time.monotonic()))
    assert [piece for piece, _ in arrived] == [f"line {i}\n".encode() for i in range(6)] + [b""]
    assert event == {"InvokeComplete": {}}
    assert arrived[5][1] - arrived[0][1] >= 0.5  # five gaps of 0.2 s
    assert arrived[6][1] - arrived[0][1] >= 0.6


def test_a_prelude_is_not_stripped(client: Any) -> None:
    payload, complete = frames(
        client.invoke_with_response_stream(FunctionName="RawFunction", Payload=raw("/odd-cuts", size="3"))
    )
    assert payload.endswith(b"\0" * 8 + b"\0\0body\0\0")
    assert json.loads(payload.partition(b"\0")[0])["cookies"] == ["a=1", "b=2"]
    assert complete == {}


def test_an_integration_stream_without_a_prelude_passes(client: Any) -> None:
    answer = client.invoke_with_response_stream(
        FunctionName="RawFunction", Payload=raw("/prelude-text", text=quote("Hello, World!"))
    )
    assert frames(answer) == (b"Hello, World!", {})


def test_a_buffered_result_is_streamed_whole(client: Any) -> None:
    answer = client.invoke_with_response_stream(FunctionName="plain", Payload=evaluate("{'statusCode': 200}"))
    assert frames(answer) == (b'{"statusCode": 200}', {})


@pytest.mark.parametrize(
    ("function", "payload", "written", "code", "text"),
    [
        (
            "RawFunction",
            raw("/error-after", gap="0.1"),
            b"before the error",
            "ValueError",
            "after the first byte",
        ),
        ("RawFunction", raw("/error-at-once"), b"", "ValueError", "after the first byte"),
        ("RawFunction", raw("/error"), b"", "ValueError", "before the first byte"),
        ("RawFunction", raw("/truncated"), b"half of", "Runtime.TruncatedResponse", "detected as truncated"),
        ("RawFunction", raw("/exit", after="9"), b"x" * 9, "Runtime.TruncatedResponse", "as truncated"),
        (
            "ShortFunction",
            raw("/sleep", after="9"),
            b"x" * 9,
            "Sandbox.Timedout",
            "timed out after 1.00 seconds",
        ),
        ("ShortFunction", raw("/sleep"), b"", "Sandbox.Timedout", "timed out after 1.00 seconds"),
    ],
)
def test_how_a_stream_ends(
    client: Any, function: str, payload: bytes, written: bytes, code: str, text: str
) -> None:
    answer = client.invoke_with_response_stream(FunctionName=function, Payload=payload, LogType="Tail")
    received, complete = frames(answer)
    assert (received, complete["ErrorCode"]) == (written, code)
    details = json.loads(complete["ErrorDetails"])
    assert details["errorType"] == code
    assert text in details["errorMessage"]
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert f"REPORT RequestId: {request_id}" in base64.b64decode(complete["LogResult"]).decode()


def test_a_caller_that_leaves(client: Any, served: LocalLambda) -> None:
    answer = client.invoke_with_response_stream(
        FunctionName="RawFunction", Payload=raw("/lines", n="20", gap="0.05")
    )
    next(iter(answer["EventStream"]))
    answer["EventStream"].close()
    served.wait_for(f"END RequestId: {answer['ResponseMetadata']['RequestId']}")
    assert client.invoke(FunctionName="RawFunction", Payload=raw("/untyped"))["Payload"].read() == b"bytes"


def test_what_the_functions_are(client: Any, served: LocalLambda) -> None:
    configuration = client.get_function_configuration(FunctionName="plain")
    assert configuration["FunctionArn"] == f"{ARN}plain"
    assert (configuration["Runtime"], configuration["Timeout"]) == ("python3.11", 30)
    assert configuration["Environment"]["Variables"]["GREETING"] == "hello world"
    configuration = client.get_function(FunctionName=f"{ARN}plain", Qualifier="$LATEST")["Configuration"]
    assert configuration["FunctionArn"] == f"{ARN}plain:$LATEST"
    names = [one["FunctionName"] for one in client.list_functions()["Functions"]]
    assert names[:4] == ["RawFunction", "RawBufferedFunction", "ShortFunction", "plain"]
    config = client.get_function_url_config(FunctionName="RawFunction")
    assert (config["FunctionUrl"], config["InvokeMode"]) == (served.urls["RawFunction"], "RESPONSE_STREAM")
    (same,) = client.list_function_url_configs(FunctionName="RawFunction")["FunctionUrlConfigs"]
    assert same == {name: value for name, value in config.items() if name != "ResponseMetadata"}


def test_an_unknown_operation(endpoint: str, served: LocalLambda) -> None:
    answer = request(endpoint, "/2015-03-31/functions/plain/policy")
    assert answer.status == 404
    assert answer.headers["x-amzn-ErrorType"] == "UnknownOperationException"
    assert served.urls["RawFunction"] in answer.json["Message"]


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("Host: evil.example:3000", "The Host header names evil.example:3000"),
        ("Host: 127.0.0.1:1\r\nOrigin: http://evil.example", "The Origin header names http://evil.example"),
    ],
)
def test_a_page_of_another_site_is_refused(endpoint: str, header: str, text: str) -> None:
    for line in ("GET /2015-03-31/functions", "POST /2015-03-31/functions/plain/invocations", "POST /"):
        sent = f"{line} HTTP/1.1\r\n{header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        answer = exchange(endpoint, sent.encode())
        assert answer.startswith(b"HTTP/1.1 403 ")
        assert re.search(rf'"Message":"{re.escape(text)}: '.encode(), answer)


def test_own_pages_and_localhost(endpoint: str) -> None:
    host = endpoint.removeprefix("http://")
    for headers in ({"Origin": endpoint}, {"Host": host.replace("127.0.0.1", "localhost")}):
        assert request(endpoint, "/2015-03-31/functions", headers=headers).status == 200
