"""A TEST DOUBLE: stands in for AWS's control plane, so that real `sam deploy` can be run with no account.

It is moto's server plus what moto lacks of a deployment with SAM (`moto_stacks.py`, `moto_functions.py`,
`noted_resources.py`). These reach into moto's internals, therefore the pin in requirements-dev.in. It shows
that templates, artefacts and outputs are right as far as SAM's own translator and moto know; it enforces no
permission and runs no function. Nothing of it is ever deployed.

`python -m tools.rehearsal.aws_stand_in` prints its URL, for AWS_ENDPOINT_URL, and ends when its input does.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from tools.rehearsal import REGION, SERVED_AT

os.environ["AWS_DEFAULT_REGION"] = REGION
# Roles refer to AWS's managed policies, which moto loads only when told to.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

from moto.awslambda.exceptions import LambdaClientError
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from tools.rehearsal.moto_functions import url_of
from tools.rehearsal.moto_stacks import make_outputs
from tools.rehearsal.noted_resources import properties_of


class Application:
    """moto's application, and before it the two requests that moto does not know."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if environ.get("HTTP_X_AMZ_TARGET") == "CloudApiService.GetResource":
            answer = _get_resource(json.loads(environ["wsgi.input"].read(length)))
        elif environ["PATH_INFO"].startswith(SERVED_AT):
            name = environ["PATH_INFO"].removeprefix(SERVED_AT)
            answer = _serve_at(name, environ["wsgi.input"].read(length).decode())
        else:
            moto: Iterable[bytes] = self._moto(environ, start_response)
            return moto
        status, body = answer
        start_response(status, [("Content-Type", "application/x-amz-json-1.0")])
        return [json.dumps(body).encode()]


def _get_resource(request: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """Cloud Control's GetResource of a function URL (`sam list endpoints` asks), or of what is only noted."""
    noted = properties_of(request["TypeName"], request["Identifier"])
    if noted is not None:
        return "200 OK", _description(request, noted)
    try:
        config = url_of(request["Identifier"]).to_dict()
    except LambdaClientError as error:
        return "400 Bad Request", {"__type": "ResourceNotFoundException", "Message": str(error)}
    return "200 OK", _description(request, json.dumps(config))


def _description(request: dict[str, str], properties: str) -> dict[str, Any]:
    description = {"Identifier": request["Identifier"], "Properties": properties}
    return {"TypeName": request["TypeName"], "ResourceDescription": description}


def _serve_at(function_name: str, url: str) -> tuple[str, dict[str, Any]]:
    """From now on the function's URL, in outputs too, is the one given."""
    url_of(function_name).url = url
    make_outputs()
    return "200 OK", {}


def main() -> int:
    """Serve on a free port until the input ends."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, Application(), threaded=True, request_handler=MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
