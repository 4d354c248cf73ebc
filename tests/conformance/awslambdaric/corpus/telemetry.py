"""The telemetry descriptor: each message a frame that says its format, its level and its length."""

from tests.conformance.awslambdaric.case import PYTHON_3_13, Call, Case
from tests.conformance.awslambdaric.corpus.logging_text import FORMS, LEVELS, RECONFIGURED

JSON = {"AWS_LAMBDA_LOG_FORMAT": "JSON"}
DEBUG = {"AWS_LAMBDA_LOG_LEVEL": "DEBUG"}

MIXED = """
import logging, os, sys
print("print at import")
def handler(event, context):
    print("print")
    print("err", file=sys.stderr)
    context.log("from the context")
    logging.error("é\\nline")
    if event:
        raise ValueError("one\\ntwo é")
    return "_LAMBDA_TELEMETRY_LOG_FD" in os.environ
"""

OWN_FRAME_TYPE = """
import logging
def handler(event, context):
    logging.error("x", extra={"_frame_type": b"1234"})
"""

LONE_SURROGATE = """
import logging
def handler(event, context):
    logging.error(chr(0xd800))
    return "went on"
"""


def framed(name: str, source: str, *settings: dict[str, str], calls: tuple[Call, ...] = (Call(),)) -> Case:
    environment = {key: value for setting in settings for key, value in setting.items()}
    return Case(f"telemetry: {name}", source, calls, environment, telemetry=True)


BOTH = (Call("works", 0), Call("fails", 1))
NONE: tuple[Call, ...] = ()

CASES = [
    framed("text", MIXED, calls=BOTH),
    framed("JSON", MIXED, JSON, calls=BOTH),
    framed("JSON on Python 3.13", MIXED, JSON, PYTHON_3_13, calls=BOTH),
    framed("levels in text", LEVELS),
    framed("levels in text, with a level", LEVELS, DEBUG),
    framed("levels in text, with an unknown level", LEVELS, {"AWS_LAMBDA_LOG_LEVEL": "nonsense"}),
    framed("levels in JSON", LEVELS, JSON),
    framed("levels in JSON, with a level", LEVELS, JSON, DEBUG),
    framed("forms in text", FORMS),
    framed("forms in JSON", FORMS, JSON),
    framed("reconfigured", RECONFIGURED, calls=(Call("formatter", "formatter"), Call("force", "force"))),
    framed("init error in text", "raise ValueError('at import')", calls=NONE),
    framed("init error in JSON", "raise ValueError('at import')", JSON, calls=NONE),
    framed("a long message", "import logging\ndef handler(e, c): logging.error('x' * 50_000)"),
    framed("an own frame type", OWN_FRAME_TYPE, DEBUG),
    framed("a lone surrogate", LONE_SURROGATE),
]
