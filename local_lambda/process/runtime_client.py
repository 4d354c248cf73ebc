"""awslambdaric's module of this name, for a Python that its compiled one was not installed for.

A copy of this file stands beside the compiled one in /var/runtime, and knows nothing of local_lambda: Python
takes the compiled one where it fits. awslambdaric is plain Python otherwise, so that it runs on every Python
from 3.10 on that the machine has, without a network and without an environment for each.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import http.client
import os
import threading

_PATH = "/2018-06-01/runtime/invocation"
_HEADERS = (
    "Lambda-Runtime-Aws-Request-Id", "Lambda-Runtime-Trace-Id", "Lambda-Runtime-Invoked-Function-Arn",
    "Lambda-Runtime-Client-Context", "Lambda-Runtime-Cognito-Identity", "Lambda-Runtime-Aws-Tenant-Id",
    "Lambda-Runtime-Invocation-Id", "Content-Type",
)  # fmt: skip

# A connection for each thread: awslambdaric may wait for its next invocation in one of its own.
_of_thread = threading.local()
_user_agent = ""


def initialize_client(user_agent: str) -> None:
    """Set what each request says of its sender."""
    global _user_agent
    _user_agent = user_agent


def next() -> tuple[bytes, dict[str, object]]:  # the name that awslambdaric calls
    """Wait for an invocation; return its event, and the headers with it. Raises RuntimeError."""
    response, body = _call("GET", f"{_PATH}/next", {})
    if response.status != 200:
        raise RuntimeError(f"Failed to get next: {response.status}")
    headers: dict[str, object] = {name: _text(response.headers[name]) for name in _HEADERS}
    headers["Lambda-Runtime-Deadline-Ms"] = int(response.headers["Lambda-Runtime-Deadline-Ms"])
    return body, headers


def post_invocation_result(
    request_id: str, content: bytes, content_type: str, invocation_id: str | None
) -> None:
    """Send a response. Raises RuntimeError."""
    headers = {"Content-Type": content_type}
    if not _posted(f"{_PATH}/{request_id}/response", content, headers, invocation_id):
        raise RuntimeError("Failed to post invocation response")


def post_error(request_id: str, error: str, xray_fault: str, invocation_id: str | None) -> None:
    """Send an error, as JSON, and its X-Ray cause. Raises RuntimeError."""
    headers = {"Content-Type": "application/json"}
    if xray_fault:
        headers["Lambda-Runtime-Function-XRay-Error-Cause"] = xray_fault
    if not _posted(f"{_PATH}/{request_id}/error", error.encode(), headers, invocation_id):
        raise RuntimeError("Failed to post invocation error")


def _text(value: str | None) -> str | None:
    """Return a header's value as UTF-8, which http.client reads as Latin-1."""
    return value if value is None else value.encode("latin-1").decode()


def _posted(path: str, body: bytes, headers: dict[str, str], invocation_id: str | None) -> bool:
    if invocation_id is not None:
        headers["Lambda-Runtime-Invocation-Id"] = invocation_id
    response, _ = _call("POST", path, headers, body)
    return 200 <= response.status < 300


def _call(
    method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    connection: http.client.HTTPConnection | None = getattr(_of_thread, "connection", None)
    if connection is None:
        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        _of_thread.connection = connection
    sent = {name: value.encode() for name, value in (*headers.items(), ("User-Agent", _user_agent))}
    connection.request(method, path, body, sent)
    response = connection.getresponse()
    return response, response.read()
