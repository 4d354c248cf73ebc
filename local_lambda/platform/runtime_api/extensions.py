"""What lies beside the Runtime API: extensions, and their logs and telemetry.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html. The local Lambda starts no
extension. One within the function's own process may register, and then waits for ever, as between
invocations: no events are delivered. Logs and telemetry respond as in the Runtime Interface Emulator,
which has neither.
"""

import json
import re
import uuid
from dataclasses import dataclass, field

from local_lambda.http.message import Headers, HttpRequest, HttpResponse

_EXTENSION = re.compile(r"/2020-01-01/extension/(register|event/next|init/error|exit/error)")
_SUBSCRIPTION = re.compile(r"/(2020-08-15/logs|2022-07-01/telemetry)")
_METHODS = {"register": "POST", "event/next": "GET", "init/error": "POST", "exit/error": "POST"}
_NAME = "lambda-extension-name"
_IDENTIFIER = "lambda-extension-identifier"


@dataclass
class ExtensionsApi:
    """The extensions that have registered in one execution environment."""

    function: dict[str, str]
    """The response to a registration."""
    identifiers: dict[str, str] = field(default_factory=dict)

    def response(self, request: HttpRequest) -> HttpResponse | None:
        """Return the response to an extension; None for other requests, and for one that waits for ever."""
        if match := _SUBSCRIPTION.fullmatch(request.path):
            return _not_supported(match[1]) if request.method == "PUT" else HttpResponse(405)
        match = _EXTENSION.fullmatch(request.path)
        if match is None:
            return None
        if request.method != _METHODS[match[1]]:
            return HttpResponse(405)
        return self._register(request) if match[1] == "register" else self._call(request, match[1])

    @staticmethod
    def waits(request: HttpRequest) -> bool:
        """Return whether the request asks for an event, of which there are none."""
        return (request.method, request.path) == ("GET", "/2020-01-01/extension/event/next")

    def _register(self, request: HttpRequest) -> HttpResponse:
        name = request.header(_NAME)
        if not name:
            return _error(403, "Extension.InvalidExtensionName", "Empty extension name")
        if name in self.identifiers.values():
            return _error(403, "Extension.InvalidExtensionState", f"{name} has registered already")
        identifier = str(uuid.uuid4())
        self.identifiers[identifier] = name
        return _json(200, self.function, [("Lambda-Extension-Identifier", identifier)])

    def _call(self, request: HttpRequest, call: str) -> HttpResponse | None:
        identifier = request.header(_IDENTIFIER)
        if identifier is None:
            return _error(403, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier")
        if identifier not in self.identifiers:
            return _error(403, "Extension.UnknownExtensionIdentifier", "Unknown extension identifier")
        return None if call == "event/next" else _json(202, {"status": "OK"})


def _not_supported(path: str) -> HttpResponse:
    kind = "Telemetry" if path.endswith("telemetry") else "Logs"
    return _error(202, f"{kind}.NotSupported", f"{kind} API is not supported")


def _error(status: int, error_type: str, message: str) -> HttpResponse:
    return _json(status, {"errorMessage": message, "errorType": error_type})


def _json(status: int, document: dict[str, str], headers: Headers | None = None) -> HttpResponse:
    body = json.dumps(document).encode()
    return HttpResponse(status, [("Content-Type", "application/json"), *(headers or [])], body)
