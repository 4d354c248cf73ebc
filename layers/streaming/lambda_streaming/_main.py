"""The runtime: set Python up, load the handler, and serve invocations until the environment ends.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
"""

from __future__ import annotations

import gc
import os
import sys

from lambda_streaming import _error_report, _handler_loader, _lifecycle, _log, _logging_hook, _sys_path
from lambda_streaming._event_loop import environment
from lambda_streaming._exceptions import RuntimeApiError
from lambda_streaming._invocation_loop import InvocationLoop
from lambda_streaming._marshal_response import to_json
from lambda_streaming._runtime_client import RuntimeClient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._managed_instances import Loop

_PREVIEWS = ("AWS_Lambda_python3.15",)
_PREVIEW_WARNING = "This version of Python is a preview on Lambda, and not meant for production."
_INIT_WARNING = (
    "The function could not be loaded: the error that follows was raised before its first invocation."
)

PACKAGE_PARENT = __file__.rpartition("/lambda_streaming/")[0]


def main() -> int:
    """Run until the process is ended; return the exit status if the runtime itself gives up."""
    missing = [name for name in ("AWS_LAMBDA_RUNTIME_API", "_HANDLER") if name not in os.environ]
    if missing:
        from lambda_streaming import _command

        return _command.run(sys.argv[1:], missing)
    _sys_path.set_up(PACKAGE_PARENT)
    return run()


def run() -> int:
    """Run with sys.path as it is; return the exit status as `main` does."""
    _log.start()
    _logging_hook.install()
    address = os.environ["AWS_LAMBDA_RUNTIME_API"]
    if "AWS_LAMBDA_MAX_CONCURRENCY" in os.environ:
        from lambda_streaming import _managed_instances

        return _managed_instances.run(serve, address)
    return serve(RuntimeClient(address), InvocationLoop)


def serve(client: RuntimeClient, loop_of: Callable[[RuntimeClient, Callable[..., Any]], Loop]) -> int:
    """Load the handler and serve invocations; return the exit status when that has come to an end."""
    try:
        loaded = _initialise(client)
        if loaded is None:
            return 1
        [handler] = loaded
        try:
            status = _wait_for_restore(client)
            if status == 0:
                loop_of(client, handler).run()
            return status
        finally:
            _lifecycle.stop(handler, environment)
    except (RuntimeApiError, OSError) as error:
        sys.stderr.write(f"The Lambda runtime ends: {error}\n")
    return 1


def _initialise(client: RuntimeClient) -> tuple[Callable[..., Any]] | None:
    """Return the handler; report why there is none to /init/error and return None."""
    if os.environ.get("AWS_EXECUTION_ENV") in _PREVIEWS and not os.environ.get("LAMBDA_DISABLE_PREVIEW_WARN"):
        _log.warning(_PREVIEW_WARNING)
    try:
        # What is imported stays: looking for garbage in it costs up to a tenth of a cold start.
        threshold = gc.get_threshold()
        gc.set_threshold(0)
        gc.enable()  # __main__ has had no use for it
        handler = _handler_loader.load(os.environ["_HANDLER"])
        _lifecycle.start(handler, environment)
        gc.freeze()  # so that no collection looks through what was imported, ever
        if gc.get_threshold()[0] == 0:  # else the function has settings of its own
            gc.set_threshold(*threshold)
        return (handler,)
    except Exception as error:
        from lambda_streaming._error_document import error_document

        document = error_document(error)
        _log.warning(_INIT_WARNING)
        _log.error(document)
        body = to_json(document).encode("utf-8", "backslashreplace")
        request = client.requests.init_error(document["errorType"], body)
        _error_report.post("post_init_error", lambda: client.exchange(request), document)
        return None


def _wait_for_restore(client: RuntimeClient) -> int:
    """With SnapStart, return once the snapshot has been restored: 0, or the status to exit with."""
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        return 0
    from lambda_streaming import _snapstart

    return _snapstart.wait_for_restore(client)
