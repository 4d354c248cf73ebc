"""Finding the handler: every name, and every way in which there is none."""

from tests.conformance.awslambdaric.case import PYTHON_3_13, Case

ANSWER = """
def handler(event, context):
    return __name__
"""

NESTED = {"folder/__init__.py": "", "folder/module.py": ANSWER, "folder/deep/module.py": ANSWER}


def initialising(name: str, source: str, handler: str = "app.handler", **settings: dict[str, str]) -> Case:
    """Return a case that is not expected to get as far as an invocation."""
    return Case(f"init: {name}", source, (), handler=handler, **settings)  # type: ignore[arg-type]


CASES = [
    Case("handler: module.function", ANSWER),
    Case("handler: folder/module.function", "", handler="folder/module.handler", files=NESTED),
    Case("handler: folder.module.function", "", handler="folder.module.handler", files=NESTED),
    Case("handler: folder without __init__", "", handler="folder/deep/module.handler", files=NESTED),
    Case("handler: a class", "class handler:\n    def __new__(cls, event, context): return 'made'"),
    Case(
        "handler: a callable object", "class C:\n    def __call__(self, e, c): return 'called'\nhandler = C()"
    ),
    Case("handler: an async function", "async def handler(event, context): return 1"),
    Case(
        "handler: with a stream", "def handler(event, response_stream, context): response_stream.write('ab')"
    ),
    Case(
        "handler: a module's __getattr__",
        "def __getattr__(name): return lambda e, c: name",
        handler="app.any",
    ),
    initialising("no dot in the name", ANSWER, "handler"),
    initialising("empty name", ANSWER, ""),
    initialising("name that ends in a dot", ANSWER, "app."),
    initialising("name that begins with a dot", ANSWER, ".app"),
    initialising("name that begins with a slash", ANSWER, "/app.handler"),
    initialising("relative name", ANSWER, "../app.handler"),
    initialising("handler not found", ANSWER, "app.other"),
    initialising("not a function", "handler = 1", "app.handler.x"),
    initialising("module not found", ANSWER, "missing.handler"),
    initialising("folder not found", ANSWER, "folder/missing.handler", files=NESTED),
    initialising("import inside the module fails", "import no_such_module"),
    initialising("import from a module fails", "from json import no_such_name"),
    initialising("ImportError raised by hand", "raise ImportError('by hand: é\\nsecond line')"),
    initialising(
        "ImportError in a chain", "try:\n    1 / 0\nexcept Exception as e:\n    raise ImportError('x') from e"
    ),
    initialising("built-in module", ANSWER, "sys.exit"),
    initialising("built-in module in a path", ANSWER, "time.sub.handler"),
    initialising("built-in module, but a folder", ANSWER, "time/sub.handler"),
    initialising("syntax error", "def handler(event, context)\n    return 1"),
    initialising("indentation error", "def handler(event, context):\nreturn 1"),
    initialising("mixed tabs and spaces", "if True:\n        x = 1\n\ty = 2"),
    initialising("unterminated string", "x = 'abc\n"),
    initialising("syntax error in an imported module", "import other", files={"other.py": "x = (\n"}),
    initialising("syntax error raised by hand", "raise SyntaxError('by hand')"),
    initialising("syntax error at run time", "compile('a b', 'made.py', 'exec')"),
    initialising("null byte in the source", "x = 1\0"),
    initialising("wrong encoding declared", "# coding: no-such-codec\nx = 1"),
    initialising("exception at import", "raise ValueError('at import')"),
    initialising("exception at import in a function", "def f():\n    g()\ndef g():\n    1 / 0\nf()"),
    initialising("exception at import of another module", "import other", files={"other.py": "\n{}['key']"}),
    initialising("exception without a message", "raise RuntimeError"),
    initialising("exception with a newline and non-ASCII", "raise RuntimeError('one\\ntwo — é 😀')"),
    initialising(
        "exception with non-ASCII on Python 3.13", "raise RuntimeError('caf\\xe9')", environment=PYTHON_3_13
    ),
    initialising(
        "exception beyond Latin-1 on Python 3.13", "raise RuntimeError('cost: 5 €')", environment=PYTHON_3_13
    ),
    initialising("exception class of Latin-1", "class Überraschung(Exception): pass\nraise Überraschung"),
    initialising("exception class beyond Latin-1", "class Λάθος(Exception): pass\nraise Λάθος"),
    initialising("exception that is not an Exception", "class B(BaseException): pass\nraise B('base')"),
    initialising("KeyboardInterrupt at import", "raise KeyboardInterrupt"),
    initialising("sys.exit() at import", "import sys\nsys.exit()"),
    initialising("sys.exit(3) at import", "import sys\nprint('bye')\nsys.exit(3)"),
    initialising("sys.exit('text') at import", "import sys\nsys.exit('text')"),
    initialising("os._exit at import", "import os\nprint('bye')\nos._exit(7)"),
    initialising(
        "output, then an exception", "import sys\nprint('out')\nprint('err', file=sys.stderr)\nint('x')"
    ),
    initialising(
        "JSON log of an init error",
        "raise ValueError('at import')",
        environment={"AWS_LAMBDA_LOG_FORMAT": "JSON"},
    ),
    initialising(
        "init error under a log level of ERROR",
        "raise ValueError('at import')",
        environment={"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "ERROR"},
    ),
    initialising("recursion at import", "import sys\nsys.setrecursionlimit(100)\ndef f(): f()\nf()"),
    Case("handler: None", "handler = None"),
]
