"""How the local Lambda serves: limits, accepted credentials, listening address, debugger."""

from collections.abc import Sequence
from dataclasses import dataclass

from local_lambda.model.credentials import DEFAULT_CREDENTIALS, KnownCredentials
from local_lambda.model.limits import LIMITS, Limits


@dataclass(frozen=True)
class Settings:
    """Settings from the command line."""

    limits: Limits = LIMITS
    credentials: Sequence[KnownCredentials] = (DEFAULT_CREDENTIALS,)
    host: str = "127.0.0.1"
    """Where URLs, REST APIs and the Lambda API listen. The Runtime API always listens on loopback."""
    debug_port: int | None = None


DEFAULTS = Settings()
