"""Whose line, whose trace: context variables for a process that serves several invocations at a time.

A task has a context of its own, its child tasks and ``asyncio.to_thread`` inherit it. Executors do not, and
threads only with ``thread_inherit_context``, which Python 3.14 has and sets in its free-threaded builds: so
``install`` makes both inherit it, in this mode alone.
https://docs.python.org/3/library/contextvars.html
"""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context

from lambda_streaming import _log, _trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_streaming._invocation import Invocation

_request_id: ContextVar[str] = ContextVar("aws_request_id", default="")
_tenant_id: ContextVar[str | None] = ContextVar("aws_tenant_id", default=None)
_trace_id: ContextVar[str | None] = ContextVar("aws_trace_id", default=None)


def enter(invocation: Invocation) -> None:
    """Say in the current context, which is to be a task's own, that it serves ``invocation``."""
    _request_id.set(invocation.request_id)
    _tenant_id.set(invocation.tenant_id)
    _trace_id.set(invocation.trace_id)


class _ContextState(_log._State):
    """What is being logged about, in the current context."""

    @property
    def request_id(self) -> str:  # type: ignore[override]
        return _request_id.get()

    @property
    def tenant_id(self) -> str | None:  # type: ignore[override]
        return _tenant_id.get()


def install() -> None:
    """Have the log, traces, threads and executors tell the process's invocations apart."""
    state = _ContextState()
    for name in ("sink", "json_format", "level", "emit"):
        setattr(state, name, getattr(_log.state, name))
    _log.state = state
    _trace.current = _trace_id
    os.environ.pop("_X_AMZN_TRACE_ID", None)
    _patch_executors()
    if not getattr(sys.flags, "thread_inherit_context", False):
        _patch_threads()


def _patch_executors() -> None:
    """Run what a ThreadPoolExecutor is given in a copy of the context of who gave it."""
    submit = ThreadPoolExecutor.submit

    def submit_in_context(self: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        return submit(self, copy_context().run, function, *args, **kwargs)

    ThreadPoolExecutor.submit = submit_in_context  # type: ignore[method-assign]


def _patch_threads() -> None:
    """Run a ``threading.Thread`` in a copy of the context of who started it, as Python 3.14 can."""
    start = threading.Thread.start

    def start_in_context(self: threading.Thread) -> None:
        if self.ident is None and getattr(self, "_context", None) is None:  # else it was given one
            run, context = self.run, copy_context()

            def run_in_context() -> None:
                del self.run  # what the class has is there again
                context.run(run)

            self.run = run_in_context  # type: ignore[method-assign]
        start(self)

    threading.Thread.start = start_in_context  # type: ignore[method-assign]
