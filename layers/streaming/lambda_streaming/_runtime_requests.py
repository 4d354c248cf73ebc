"""The requests a runtime makes of the Runtime API, as bytes.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html (response streaming)
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambda_streaming._invocation import Invocation

ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
ERROR_BODY = "Lambda-Runtime-Function-Error-Body"
TRAILER_NAMES = f"{ERROR_TYPE}, {ERROR_BODY}"

_VERSION = "/2018-06-01/runtime"
# Above this RAPID rejects the header; the managed runtime leaves it out as well.
_XRAY_CAUSE_LIMIT = 1024 * 1024


class RuntimeRequests:
    """Compose requests to the Runtime API at ``host``, on behalf of ``user_agent``."""

    def __init__(self, host: str, user_agent: str) -> None:
        self._common = f"Host: {host}\r\nUser-Agent: {user_agent}\r\n"

    def next(self) -> bytes:
        """GET the next invocation."""
        return self._get("/invocation/next")

    def restore_next(self) -> bytes:
        """GET the restore of a SnapStart snapshot: replied to once the environment has been restored."""
        return self._get("/restore/next")

    def response(self, invocation: Invocation, content_type: str, body: bytes) -> bytes:
        """POST a buffered response."""
        path = f"/invocation/{invocation.request_id}/response"
        return self._post(path, {"Content-Type": content_type, **_echo(invocation)}, body)

    def streaming_head(self, invocation: Invocation, content_type: str) -> bytes:
        """Return the head of a streamed response; chunks follow.

        The trailers are always declared: Lambda drops those that were not.
        """
        fields = {
            "Lambda-Runtime-Function-Response-Mode": "streaming",
            "Transfer-Encoding": "chunked",
            "Trailer": TRAILER_NAMES,
            "Content-Type": content_type,
            **_echo(invocation),
        }
        return self._head("POST", f"/invocation/{invocation.request_id}/response", fields)

    def error(self, invocation: Invocation, error_type: str, body: bytes, xray_cause: bytes) -> bytes:
        """POST the error of an invocation whose response has not begun; ``xray_cause`` is ASCII JSON."""
        fields = {**_error_fields(error_type, xray_cause), **_echo(invocation)}
        return self._post(f"/invocation/{invocation.request_id}/error", fields, body)

    def init_error(self, error_type: str, body: bytes) -> bytes:
        """POST an error of the init phase."""
        return self._post("/init/error", _error_fields(error_type, b""), body)

    def restore_error(self, error_type: str, body: bytes) -> bytes:
        """POST an error of the after-restore hooks."""
        return self._post("/restore/error", _error_fields(error_type, b""), body)

    def _get(self, path: str) -> bytes:
        return self._head("GET", path, {})

    def _post(self, path: str, fields: dict[str, str], body: bytes) -> bytes:
        return self._head("POST", path, {**fields, "Content-Length": str(len(body))}) + body

    def _head(self, method: str, path: str, fields: dict[str, str]) -> bytes:
        lines = "".join([f"{name}: {value}\r\n" for name, value in fields.items()])
        return f"{method} {_VERSION}{path} HTTP/1.1\r\n{self._common}{lines}\r\n".encode("latin-1")


def ascii_field(text: str) -> bytes:
    """Return ``text`` fit for an HTTP field: printable ASCII, everything else percent-encoded."""
    return b"".join(
        bytes((byte,)) if 0x20 <= byte < 0x7F else b"%%%02X" % byte
        for byte in text.encode("utf-8", "surrogatepass")
    )


def _echo(invocation: Invocation) -> dict[str, str]:
    """Return the invocation id to send back, where there is one: so Lambda knows which attempt this is."""
    return {"Lambda-Runtime-Invocation-Id": invocation.invocation_id} if invocation.invocation_id else {}


def _error_fields(error_type: str, xray_cause: bytes) -> dict[str, str]:
    fields = {"Content-Type": "application/json", ERROR_TYPE: ascii_field(error_type).decode("ascii")}
    if xray_cause and len(xray_cause) < _XRAY_CAUSE_LIMIT:
        fields["Lambda-Runtime-Function-XRay-Error-Cause"] = xray_cause.decode("ascii")
    return fields
