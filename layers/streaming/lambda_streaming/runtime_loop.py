"""The runtime: set Python up, load the handler, and serve invocations until the environment ends.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
"""

from __future__ import annotations

import os
import sys

from lambda_streaming import handler_loader, handlers, log, module_path
from lambda_streaming.errors import error_document
from lambda_streaming.event_loop import EventLoop
from lambda_streaming.invocation_loop import InvocationLoop
from lambda_streaming.json_codec import dumps
from lambda_streaming.runtime_client import RuntimeApiError, RuntimeClient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_OPT_PYTHON = __file__.rpartition("/lambda_streaming/")[0]


def main() -> int:
    """Run until the process is ended; return the exit status if the runtime itself gives up."""
    missing = [name for name in ("AWS_LAMBDA_RUNTIME_API", "_HANDLER") if name not in os.environ]
    if missing:
        sys.stderr.write(f"lambda_streaming runs inside AWS Lambda: {' and '.join(missing)} not set\n")
        return 1
    module_path.set_up(_OPT_PYTHON)
    log.start()
    client = RuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"])
    loop = EventLoop()
    try:
        handler = _initialise(client, loop)
        if handler is None:
            return 1
        try:
            InvocationLoop(client, handler, loop).run()
        finally:
            handlers.stop(handler, loop)
    except (RuntimeApiError, OSError) as error:
        sys.stderr.write(f"The Lambda runtime ends: {error}\n")
    return 1


def _initialise(client: RuntimeClient, loop: EventLoop) -> Callable[..., Any] | None:
    """Return the handler; report why there is none to /init/error and return None."""
    try:
        handler = handler_loader.load(os.environ["_HANDLER"])
        handlers.start(handler, loop)
        return handler
    except Exception as error:
        document = error_document(error)
        log.error(document)
        body = dumps(document).encode("utf-8", "backslashreplace")
        client.exchange(client.requests.init_error(document["errorType"], body))
        return None
