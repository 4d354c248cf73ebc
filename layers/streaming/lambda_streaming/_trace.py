"""``trace_id``: the X-Ray trace of the current invocation, wherever it is served."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextvars import ContextVar

# Where a process serves several invocations at a time; else it is in the process's environment.
current: ContextVar[str | None] | None = None


def trace_id() -> str | None:
    """Return the trace header of the current invocation, "Root=…;Parent=…;Sampled=…"; None where it has none.

    It is that of ``_X_AMZN_TRACE_ID``, which cannot tell invocations apart that share a process.
    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html (Lambda-Runtime-Trace-Id)
    """
    return os.environ.get("_X_AMZN_TRACE_ID") if current is None else current.get()
