"""How strict the local Lambda is: AWS's limits, and whose signatures it takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from local_lambda.credentials import DEFAULT_CREDENTIALS, KnownCredentials
from local_lambda.limits import LIMITS, Limits


@dataclass(frozen=True)
class Rules:
    """What the command line has said of it."""

    limits: Limits = LIMITS
    credentials: Sequence[KnownCredentials] = (DEFAULT_CREDENTIALS,)


AS_ON_AWS = Rules()
