"""Errors of the handler: what Lambda and X-Ray are told, what is logged, and what ends the process."""

from tests.conformance.awslambdaric.case import PYTHON_3_13, Call, Case

RAISING = """
import collections, decimal, json, sys
import deep.well

class Custom(Exception): pass
class Ünïcode(Exception): pass
class FaultException(Exception):
    def __init__(self, exception_type, msg, trace=None):
        self.exception_type, self.msg, self.trace = exception_type, msg, trace
class WithState(Exception):
    def __init__(self, code): self.code = code
    def __str__(self): return f"code {self.code}"
class Outer:
    class Inner(Exception): pass

def chained():
    try:
        {}["missing"]
    except KeyError as error:
        raise ValueError("outer") from error

def in_context():
    try:
        1 / 0
    except ZeroDivisionError:
        raise Custom("while handling")

def group():
    raise ExceptionGroup("several", [ValueError(1), TypeError(2)])

def noted():
    error = ValueError("noted"); error.add_note("a note"); raise error

def evaluated(): return eval("1 +", {})
def assertion(): assert 1 == 2, "not equal"
def generator():
    yield 1
    raise Custom("in a generator")
def stop(): return next(iter([]))
def lost():
    exec(compile("def f():\\n    raise Custom('no source')\\n", "<generated>", "exec"), globals()); f()
def bootstrap_py():
    exec(compile("raise Custom('x')", "/var/task/bootstrap.py", "exec"), globals())

def handler(event, context):
    exec(compile(event, "<event>", "exec"), globals())
"""

DEEP = {
    "deep/__init__.py": "",
    "deep/well.py": "from deep import bottom\n\n\ndef dig(n):\n    return bottom.reach(n)\n",
    "deep/bottom.py": "def reach(n):\n    return (lambda: {}[n])()\n",
}


def raising(*statements: str) -> tuple[Call, ...]:
    return tuple(Call(statement, statement) for statement in statements)


CASES = [
    Case(
        "errors: raised by the handler",
        RAISING,
        raising(
            "raise Exception",
            "raise Exception('')",
            "raise Exception('message')",
            "raise Exception('a', 1)",
            "raise Exception(None)",
            "raise Exception(b'bytes')",
            "raise Exception({'a': [1]})",
            "raise ValueError('one\\ntwo\\r\\nthree\\n')",
            "raise ValueError('  indented\\ttab')",
            "raise ValueError('é — 😀')",
            "raise ValueError('\\x00\\x1b[1m')",
            "raise ValueError('quote \" and \\\\')",
            "raise KeyError('key')",
            "raise Custom('own')",
            "raise Ünïcode('own')",
            "raise Outer.Inner('nested')",
            "raise WithState(7)",
            "raise FaultException('Runtime.Custom', 'msg')",
            "raise OSError(2, 'No such file', 'x')",
            "open('no such file')",
            "raise UnicodeDecodeError('utf-8', b'\\xff', 0, 1, 'bad')",
            "raise json.JSONDecodeError('bad', 'doc', 0)",
            "raise StopIteration('done')",
            "raise TimeoutError",
            "raise BrokenPipeError(32, 'Broken pipe')",
            "raise ConnectionResetError",
            "raise MemoryError",
            "raise ImportError('late')",
            "import no_such_module",
            "raise SyntaxError('by hand')",
            "raise Warning('a warning')",
            "chained()",
            "in_context()",
            "group()",
            "noted()",
            "evaluated()",
            "assertion()",
            "list(generator())",
            "stop()",
            "lost()",
            "bootstrap_py()",
            "deep.well.dig(5)",
            "raise ValueError('x' * 70000)",
            "raise 'a string'",
            "1 / 0",
            "int('x')",
            "json.loads('{')",
            "decimal.Decimal('x')",
            "undefined",
        ),
        files=DEEP,
    ),
    Case(
        "errors: on Python 3.13",
        RAISING,
        raising("raise ValueError('é — 😀')", "raise Ünïcode('ü')", "raise KeyError('\\u2028')"),
        environment=PYTHON_3_13,
        files=DEEP,
    ),
    Case(
        "errors: logged as JSON",
        RAISING,
        raising("raise ValueError('é\\nline')", "raise Exception", "deep.well.dig(5)"),
        environment={"AWS_LAMBDA_LOG_FORMAT": "JSON"},
        files=DEEP,
    ),
    Case(
        "errors: logged as JSON on Python 3.13",
        RAISING,
        raising("raise ValueError('é\\nline')"),
        environment={"AWS_LAMBDA_LOG_FORMAT": "JSON", **PYTHON_3_13},
        files=DEEP,
    ),
    Case("errors: recursion", "def handler(event, context): return handler(event, context)"),
    Case("errors: too few parameters", "def handler(event): return 1", (Call(), Call("again"))),
    Case("errors: too many parameters", "def handler(event, context, more): return 1"),
    Case("errors: keyword-only parameters", "def handler(event, context, *, more): return 1"),
    Case("errors: not callable", "handler = 5"),
    Case("errors: only positional parameters", "def handler(*args): return len(args)"),
    Case(
        "errors: __str__ raises",
        "class E(Exception):\n    def __str__(self): raise ValueError('no')\ndef handler(e, c): raise E",
        (Call(), Call("again")),
    ),
    Case(
        "errors: a lone surrogate in the message",
        "def handler(event, context): raise ValueError(chr(0xd800))",
        (Call(), Call("again")),
    ),
    Case(
        "errors: a lone surrogate in the message on Python 3.13",
        "def handler(event, context): raise ValueError(chr(0xd800))",
        (Call(), Call("again")),
        environment=PYTHON_3_13,
    ),
    Case(
        "errors: the X-Ray cause is too large",
        "def handler(event, context): raise ValueError('x' * (1 << 20))",
    ),
    *(
        Case(
            f"end: {statement}",
            f"import os, sys, signal\ndef handler(e, c):\n    print('in')\n    {statement}",
        )
        for statement in (
            "sys.exit()",
            "sys.exit(0)",
            "sys.exit(3)",
            "sys.exit('a message')",
            "sys.exit(None)",
            "raise SystemExit(True)",
            "raise KeyboardInterrupt",
            "raise KeyboardInterrupt('a message')",
            "raise GeneratorExit",
            "os._exit(9)",
            "os.abort()",
            "os.kill(os.getpid(), signal.SIGKILL)",
            "class B(BaseException): pass\n    raise B('base')",
            "quit(4)",
        )
    ),
    Case(
        "end: atexit",
        "import atexit, sys\natexit.register(print, 'at exit')\ndef handler(e, c): sys.exit(2)",
    ),
    Case(
        "thread: dies",
        """
        import threading
        def work(): raise ValueError("in a thread")
        def handler(event, context):
            thread = threading.Thread(target=work, name="worker")
            thread.start()
            thread.join()
            return "survived"
        """,
        (Call("first"), Call("second")),
    ),
    Case(
        "thread: exits",
        """
        import sys, threading
        def handler(event, context):
            thread = threading.Thread(target=sys.exit, args=(5,))
            thread.start()
            thread.join()
            return "survived"
        """,
    ),
    Case(
        "thread: os._exit",
        """
        import os, threading
        def handler(event, context):
            thread = threading.Thread(target=os._exit, args=(5,))
            thread.start()
            thread.join()
        """,
    ),
    Case(
        "warnings: shown once",
        "import warnings\ndef handler(e, c):\n    warnings.warn('careful')\n    return 1",
        (Call("first"), Call("second")),
    ),
    Case(
        "answers: a response is refused with 400",
        "def handler(event, context): return event",
        (Call("first", answer=400), Call("second")),
    ),
    Case(
        "answers: a response is too large",
        "def handler(event, context): return 'x' * 7_000_000",
        (Call("first", answer=413), Call("second")),
    ),
    Case(
        "answers: a response came too late",
        "def handler(event, context): return event",
        (Call("first", answer=410), Call("second")),
    ),
    Case(
        "answers: an error is refused with 403",
        "def handler(event, context): raise ValueError",
        (Call("first", answer=403), Call("second")),
    ),
    Case(
        "answers: /next is refused",
        "def handler(event, context): return event",
        statuses={"/invocation/next": 403},
    ),
    Case("answers: init error is refused", "1 / 0", (), statuses={"/init/error": 403}),
]
