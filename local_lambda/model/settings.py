"""How the local Lambda serves: AWS's limits, whose signatures it takes, to whom, and with a debugger."""

from collections.abc import Sequence
from dataclasses import dataclass

from local_lambda.model.credentials import DEFAULT_CREDENTIALS, KnownCredentials
from local_lambda.model.limits import LIMITS, Limits


@dataclass(frozen=True)
class Settings:
    """What the command line has said of it."""

    limits: Limits = LIMITS
    credentials: Sequence[KnownCredentials] = (DEFAULT_CREDENTIALS,)
    host: str = "127.0.0.1"
    """Where URLs, REST APIs and the Lambda API listen. The Runtime API does on loopback alone."""
    debug_port: int | None = None


DEFAULTS = Settings()
