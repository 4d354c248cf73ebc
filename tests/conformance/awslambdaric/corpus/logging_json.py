"""The log in JSON, and its levels."""

from tests.conformance.awslambdaric.case import PYTHON_3_13, Call, Case
from tests.conformance.awslambdaric.corpus.logging_text import FORMS, LEVELS, RECONFIGURED, SETTINGS, STEPS

JSON = {"AWS_LAMBDA_LOG_FORMAT": "JSON"}

VALUES = """
import collections, datetime, decimal, logging, uuid
logger = logging.getLogger("orders")
logger.setLevel("DEBUG")

class Text:
    def __str__(self): return "as text"
class Silent:
    def __str__(self): raise ValueError("silent")

def loop():
    a = {}; a["self"] = a; return a

def handler(event, context):
    logger.info("scalars", extra={"n": 1, "f": 1.5, "t": True, "none": None})
    logger.info("more scalars", extra={"s": "é", "empty": "", "zero": 0})
    logger.info("containers", extra={"list": [1, {"a": ()}], "dict": {"k": "v"}})
    logger.info("others", extra={"date": datetime.date(2026, 1, 2), "d": decimal.Decimal("1.5")})
    logger.info("an id", extra={"u": uuid.UUID(int=1)})
    logger.info("more", extra={"set": {1}, "bytes": b"x", "text": Text(), "nan": float("nan"), "type": int})
    logger.info("named tuple", extra={"p": collections.namedtuple("P", "x")(1)})
    logger.info("names of fields", extra={"level": "mine", "timestamp": "mine", "requestId": "mine"})
    logger.info("names of errors", extra={"stackTrace": "mine", "errorType": "mine", "location": "mine"})
    logger.info("tenant", extra={"tenantId": "mine"})
    logger.info({"a": 1, "when": datetime.date(2026, 1, 2), 5: "number"})
    logger.info({"a": 1}, extra={"b": 2})
    logger.info(collections.OrderedDict(a=1))
    logger.info({"nested": {"deep": [1, {"x": Text()}]}})
    logger.info("%(a)s in a dict", {"a": 1})
    logger.info({"a": "%s"}, "argument")
    logger.info(["a", "list"])
    logger.info(5)
    logger.info("\\u2028 \\x00 \\x7f 😀 </script>")
    for number in (15, 55, 1, -5):
        logger.log(number, str(number))
    logging.addLevelName(15, "FINE")
    logger.log(15, "fine")
    logging.addLevelName(20, "INFORMATION")
    logger.info("renamed")
    logging.addLevelName(20, "INFO")
    if event == "circular":
        logger.info(loop())
    if event == "tuple key":
        logger.info({("a", 1): 2})
    if event == "str fails":
        logger.info("silent", extra={"x": Silent()})
    if event == "no exception":
        logger.exception("nothing is being handled")
    return "went on"
"""

ERRORS = """
import logging
logger = logging.getLogger()

class Ünïcode(Exception): pass

def fail(n):
    if n: fail(n - 1)
    raise Ünïcode("é\\nline")

def handler(event, context):
    try:
        fail(2)
    except Exception as error:
        logger.exception("caught")
        logger.error("caught %s", error)
        logger.error("with", exc_info=error)
        logger.warning({"a": 1}, exc_info=True)
        logger.info("not shown", exc_info=True)
    logger.error("with stack", stack_info=True)
    try:
        try:
            fail(0)
        except Exception as error:
            raise ValueError("chained") from error
    except ValueError:
        logger.exception("caught")
    raise KeyError("uncaught")
"""


def level(value: str) -> Case:
    return Case(f"JSON log: level {value}", LEVELS, environment={**JSON, "AWS_LAMBDA_LOG_LEVEL": value})


CASES = [
    Case("JSON log: levels", LEVELS, (Call("first"), Call("second")), environment=JSON),
    *(level(value) for value in ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "debug", "nonsense")),
    *(
        Case(f"JSON log: format {value}", LEVELS, environment={"AWS_LAMBDA_LOG_FORMAT": value})
        for value in ("json", "Json", "JSON ", "")
    ),
    Case("JSON log: forms", FORMS, environment=JSON),
    Case("JSON log: settings", SETTINGS, environment=JSON),
    *(
        Case(f"JSON log: values: {event}", VALUES, (Call(event, event),), environment=JSON)
        for event in ("plain", "circular", "tuple key", "str fails", "no exception")
    ),
    Case("JSON log: values on Python 3.13", VALUES, environment={**JSON, **PYTHON_3_13}),
    Case("JSON log: errors", ERRORS, environment=JSON),
    Case(
        "JSON log: tenant",
        LEVELS,
        (Call("tenant", headers={"Lambda-Runtime-Aws-Tenant-Id": "blue"}), Call("none")),
        environment=JSON,
    ),
    *(
        Case(f"JSON log: reconfigured: {step}", RECONFIGURED, (Call(step, step),), environment=JSON)
        for step in STEPS
    ),
    Case(
        "JSON log: print is as it is",
        "def handler(e, c):\n    print('plain')\n    c.log('x\\n')",
        environment=JSON,
    ),
]
