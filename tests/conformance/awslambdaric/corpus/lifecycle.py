"""The environment's life: its variables, invocation ids, signals, previews, SnapStart."""

import signal

from tests.conformance.awslambdaric.case import PYTHON_3_13, Call, Case

TRACE = """
import os
def handler(event, context):
    return [os.environ.get("_X_AMZN_TRACE_ID"), "_X_AMZN_TRACE_ID" in os.environ]
"""

SNAP_START = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}

HOOKS = """
import sys
from snapshot_restore_py import register_after_restore, register_before_snapshot

@register_before_snapshot
def first_before(): print("first before")
register_before_snapshot(print, "second", "before", sep="-")
@register_after_restore
def first_after(): print("first after")
register_after_restore(print, "second", "after", sep="-")

def handler(event, context): return "served"
"""


def failing(when: str, statement: str) -> Case:
    source = HOOKS.replace("def handler", f"@register_{when}\ndef failing():\n    {statement}\n\ndef handler")
    return Case(f"SnapStart: {when}: {statement}", source, environment=SNAP_START)


SIGNALS = """
import signal, sys
def stop(number, frame): print("signal", number)
signal.signal(signal.SIGTERM, stop)
def handler(event, context): return "served"
"""

ANSWERS = """
def handler(event, context):
    if event:
        raise ValueError
    return b"" if event is None else 1
"""

CASES = [
    Case(
        "environment: trace id",
        TRACE,
        (
            Call(
                "set",
                headers={"Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1"},
            ),
            Call("another", headers={"Lambda-Runtime-Trace-Id": "Root=1-0;Parent=1;Sampled=0;Lineage=a:0"}),
            Call("absent"),
            Call("empty", headers={"Lambda-Runtime-Trace-Id": ""}),
        ),
        environment={"_X_AMZN_TRACE_ID": "from before"},
    ),
    Case(
        "environment: what a function sees of Lambda's variables",
        """
        import os
        NAMES = ("_HANDLER", "AWS_EXECUTION_ENV", "LAMBDA_TASK_ROOT", "AWS_LAMBDA_FUNCTION_NAME")
        def handler(event, context):
            return [os.environ.get(name) for name in NAMES]
        """,
    ),
    Case(
        "environment: state is kept between invocations",
        "count = 0\ndef handler(e, c):\n    global count\n    count += 1\n    return count",
        (Call("first"), Call("second"), Call("third")),
    ),
    Case(
        "environment: working directory",
        "import os\ndef handler(e, c): return os.getcwd() == os.environ['LAMBDA_TASK_ROOT']",
    ),
    Case(
        "invocation id: echoed",
        ANSWERS,
        (
            Call("response", 0, {"Lambda-Runtime-Invocation-Id": "11111111-2222-3333-4444-555555555555"}),
            Call("bytes", None, {"Lambda-Runtime-Invocation-Id": "bytes"}),
            Call("error", 1, {"Lambda-Runtime-Invocation-Id": "any text"}),
            Call("absent", 0),
            Call("absent, error", 1),
        ),
    ),
    Case(
        "signals: SIGTERM by default",
        "def handler(e, c): return 1",
        (Call("first"), Call("dies", signal=signal.SIGTERM)),
    ),
    Case(
        "signals: SIGTERM by default on Python 3.13",
        "def handler(e, c): return 1",
        (Call("first"), Call("dies", signal=signal.SIGTERM)),
        environment=PYTHON_3_13,
    ),
    Case(
        "signals: SIGTERM with a handler of the user's on Python 3.13",
        SIGNALS,
        (Call("first"), Call("second", signal=signal.SIGTERM, after_log=b"signal 15")),
        environment=PYTHON_3_13,
    ),
    Case(
        "signals: SIGTERM with a handler of the user's on Python 3.11",
        SIGNALS,
        (Call("first"), Call("second", signal=signal.SIGTERM)),
    ),
    Case(
        # awslambdaric's process cannot end before /next has been answered, which the corpus then does.
        "signals: SIGTERM with a handler that exits on Python 3.13",
        SIGNALS.replace('print("signal", number)', 'print("signal", number); sys.exit(0)'),
        (Call("first"), Call("second", signal=signal.SIGTERM, after_log=b"signal 15")),
        environment=PYTHON_3_13,
    ),
    Case(
        "signals: in the handler",
        SIGNALS.replace('return "served"', "signal.raise_signal(signal.SIGTERM); return 1"),
        (Call("first"), Call("second")),
    ),
    Case(
        "preview: warns",
        "def handler(e, c): return 'é'",
        environment={"AWS_EXECUTION_ENV": "AWS_Lambda_python3.15"},
    ),
    Case(
        "preview: warns in JSON",
        "def handler(e, c): return 1",
        environment={"AWS_EXECUTION_ENV": "AWS_Lambda_python3.15", "AWS_LAMBDA_LOG_FORMAT": "JSON"},
    ),
    Case(
        "preview: silenced",
        "def handler(e, c): return 1",
        environment={"AWS_EXECUTION_ENV": "AWS_Lambda_python3.15", "LAMBDA_DISABLE_PREVIEW_WARN": "1"},
    ),
    Case("SnapStart: hooks", HOOKS, (Call("first"), Call("second")), environment=SNAP_START),
    Case("SnapStart: no hooks", "def handler(e, c): return 1", environment=SNAP_START),
    Case("SnapStart: hooks, but not SnapStart", HOOKS),
    Case(
        "SnapStart: hooks, provisioned concurrency",
        HOOKS,
        environment={"AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"},
    ),
    *(
        failing(when, statement)
        for when in ("before_snapshot", "after_restore")
        for statement in (
            "raise ValueError('é in a hook')",
            "sys.exit(3)",
            "raise KeyboardInterrupt",
            "first_after(1)",
        )
    ),
    Case(
        "SnapStart: a hook fails, JSON log",
        HOOKS.replace('print("first before")', "1 / 0"),
        environment={**SNAP_START, "AWS_LAMBDA_LOG_FORMAT": "JSON"},
    ),
    Case("SnapStart: restore is refused", HOOKS, environment=SNAP_START, statuses={"/restore/next": 403}),
    Case("SnapStart: init error", "1 / 0", environment=SNAP_START),
]
