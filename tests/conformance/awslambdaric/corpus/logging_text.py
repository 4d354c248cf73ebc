"""The log in text: print, stderr, and the logging module."""

from tests.conformance.awslambdaric.case import Call, Case

LEVELS = """
import logging
logging.warning("at import")
logger = logging.getLogger("own.logger")

def handler(event, context):
    root = logging.getLogger()
    for each in (root, logger):
        each.debug("debug")
        each.info("info")
        each.warning("warning")
        each.error("error")
        each.critical("critical")
        each.log(25, "between")
        each.log(5, "low")
    return [logging.getLevelName(root.level), logging.getLevelName(logger.level)]
"""

FORMS = """
import logging
logger = logging.getLogger()
logger.setLevel("DEBUG")

class Text:
    def __str__(self): return "as text"

def fail(): raise ValueError("in a helper")

def handler(event, context):
    logger.info("one %s two %d", "a", 2)
    logger.info("percent %")
    logger.info("named %(a)s", {"a": 1})
    logger.info({"a": 1, "b": ["é"]})
    logger.info(["list"])
    logger.info(None)
    logger.info(Text())
    logger.info("é 😀")
    logger.info("line\\nline\\rline")
    logger.info("")
    logger.info("tab\\there")
    logger.info("extra", extra={"order": 5, "who": "me"})
    logger.info("stack", stack_info=False)
    logger.warning("no exception", exc_info=False)
    try:
        fail()
    except ValueError as error:
        logger.exception("failed: %s", error)
        logger.error("again", exc_info=True)
        logger.warning("given", exc_info=error)
    logging.getLogger("a.b").warning("child")
    logging.getLogger("a.b").info("child with the level of the root")
    logging.info("module function")
    logging.captureWarnings(True)
    import warnings
    warnings.warn("captured")
"""

SETTINGS = """
import logging, os, sys
root = logging.getLogger()

def handler(event, context):
    print(root.handlers, [type(h).__name__ for h in root.handlers])
    print(root.level, root.filters, [f.__class__.__name__ for f in root.handlers[0].filters])
    print(root.handlers[0].level, hasattr(root.handlers[0], "log_sink"), logging.lastResort is not None)
    print(repr(root.handlers[0].formatter._fmt), repr(root.handlers[0].formatter.datefmt))
    print(logging.Formatter.converter.__name__)
    print(root.hasHandlers(), logging.getLogger("x").hasHandlers())
    print(logging.__spec__.name, type(logging.__loader__).__name__)
    print(logging.__spec__.loader is logging.__loader__)
    print(logging.__file__ == logging.__spec__.origin, [type(f).__name__ for f in sys.meta_path][-3:])
"""

RECONFIGURED = """
import logging, logging.config, sys
root = logging.getLogger()

def handler(event, context):
    if event == "basicConfig has no effect":
        logging.basicConfig(level=logging.INFO, format="%(message)s")
        logging.info("not shown"); logging.warning("shown as before")
    if event == "setLevel":
        root.setLevel(logging.INFO); logging.info("shown")
    if event == "formatter":
        root.handlers[0].setFormatter(logging.Formatter("%(aws_request_id)s|%(tenant_id)s|%(message)s\\n"))
        logging.warning("own format")
    if event == "no line break":
        root.handlers[0].setFormatter(logging.Formatter("<%(message)s>"))
        logging.warning("one"); logging.warning("two")
    if event == "second handler":
        root.addHandler(logging.StreamHandler(sys.stdout)); logging.warning("twice")
    if event == "propagate":
        own = logging.getLogger("own"); own.propagate = False
        own.addHandler(logging.StreamHandler(sys.stdout)); own.warning("once")
    if event == "force":
        form = "%(levelname)s:%(message)s"
        logging.basicConfig(level=logging.DEBUG, format=form, force=True, stream=sys.stdout)
        logging.debug("forced")
    if event == "disabled":
        logging.disable(logging.CRITICAL); logging.critical("silent"); logging.disable(logging.NOTSET)
    if event == "cleared":
        root.handlers.clear(); logging.warning("the last resort")
        context.log("from the context\\n")
    if event == "dictConfig":
        logging.config.dictConfig({
            "version": 1, "disable_existing_loggers": False,
            "formatters": {"f": {"format": "%(name)s %(message)s"}},
            "handlers": {
                "h": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "f"},
            },
            "root": {"handlers": ["h"], "level": "INFO"},
        })
        logging.info("configured")
"""

IMPORTS = (
    "import logging",
    "import logging.handlers",
    "from logging import getLogger",
    "import logging.config as config",
    "import asyncio",
    "import concurrent.futures",
    "import importlib; importlib.import_module('logging')",
    "__import__('logging')",
    "import importlib.util; assert importlib.util.find_spec('logging')",
    "import urllib.request",
    "import threading; t = threading.Thread(target=lambda: __import__('logging')); t.start(); t.join()",
)


def imported(statement: str) -> Case:
    """Logging is set up however, and wherever, it is imported."""
    source = f"""
{statement}
def handler(event, context):
    import logging
    logging.warning("%s", len(logging.getLogger().handlers))
"""
    return Case(f"logging: set up by `{statement}`", source, (Call("first"), Call("second")))


LATE = """
def handler(event, context):
    if event:
        import logging
        logging.error("now")
    return 1
"""

LONE_SURROGATE = """
import logging
def handler(event, context):
    logging.warning(chr(0xd800))
    return "went on"
"""

PARTIAL = """
import os, sys
sys.stdout.write("import ")
def handler(event, context):
    sys.stdout.write("partial")
    os._exit(1)
"""

VALUES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "debug", "trace", "nonsense", "", "20")

STEPS = (
    "basicConfig has no effect",
    "setLevel",
    "formatter",
    "no line break",
    "second handler",
    "propagate",
    "force",
    "disabled",
    "cleared",
    "dictConfig",
)

CASES = [
    Case("logging: levels", LEVELS, (Call("first"), Call("second"))),
    *(
        Case(f"logging: level {value}", LEVELS, environment={"AWS_LAMBDA_LOG_LEVEL": value})
        for value in VALUES
    ),
    Case("logging: text asked for", LEVELS, environment={"AWS_LAMBDA_LOG_FORMAT": "Text"}),
    Case("logging: unknown format", LEVELS, environment={"AWS_LAMBDA_LOG_FORMAT": "xml"}),
    Case("logging: forms", FORMS),
    Case("logging: settings", SETTINGS),
    *(
        Case(f"logging: reconfigured: {step}", RECONFIGURED, (Call(step, step), Call("after", "")))
        for step in STEPS
    ),
    *(imported(statement) for statement in IMPORTS),
    Case(
        "logging: imported by nobody but the handler, late",
        LATE,
        (Call("without", 0), Call("with", 1), Call("again", 1)),
    ),
    Case(
        "logging: an argument too few",
        "import logging\ndef handler(event, context):\n    logging.warning('%s %s', 1)\n    return 'went on'",
    ),
    Case("logging: a lone surrogate", LONE_SURROGATE),
    Case(
        "logging: the request id, also of another thread",
        """
        import logging, threading
        def handler(event, context):
            thread = threading.Thread(target=logging.warning, args=("from a thread",))
            thread.start()
            thread.join()
        """,
        (Call("first"), Call("second", headers={"Lambda-Runtime-Aws-Tenant-Id": "blue"})),
    ),
    Case(
        "output: print and stderr, in their order",
        """
        import os, sys
        def handler(event, context):
            print("out")
            print("err", file=sys.stderr)
            sys.stdout.write("no line break ")
            sys.stderr.write("nor here ")
            print("flushed", flush=True)
            sys.stdout.writelines(["a\\n", "b\\n"])
            os.write(1, b"descriptor\\n")
            sys.stdout.buffer.write(b"buffer\\n")
            sys.stdout.flush()
            print("é 😀")
            os.system("echo from a child")
            with sys.stdout as stream:
                stream.write("in a with\\n")
            print("after it")
        """,
    ),
    Case(
        "output: without a line break, then the process is gone",
        PARTIAL,
    ),
    Case(
        "output: what the streams are",
        """
        import sys
        def handler(event, context):
            for stream in (sys.stdout, sys.stderr):
                print(stream.encoding, stream.errors, stream.fileno(), stream.isatty())
                print(stream.name, stream.mode, stream.newlines, stream.line_buffering)
                print(stream.writable(), stream.readable(), stream.closed)
                print(hasattr(stream, "buffer"), hasattr(stream, "no_such_attribute"), type(stream).__name__)
            return None
        """,
    ),
]
