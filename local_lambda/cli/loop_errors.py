"""What the event loop reports by itself; that no file descriptors are left in a line, without a traceback."""

import asyncio
import errno
import resource
from typing import Any

from local_lambda.log.terminal import Terminal

_MISSING = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
# All servers accept again after a second.
_SECONDS = 1.0


class LoopErrors:
    """The exception handler of the event loop."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._silent_until = float("-inf")

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Report an error that nobody waits for; that no connection can be accepted, once a second."""
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in _MISSING and "socket" in context):
            loop.default_exception_handler(context)
        elif loop.time() >= self._silent_until:
            self._silent_until = loop.time() + _SECONDS
            limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
            self._terminal.line(
                f"Warning: new connections wait: {error.strerror} (the limit is {limit}: ulimit -n)"
            )
