"""Whose signatures the local Lambda knows: access keys, their secrets and session tokens.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html describes the form of a file.
"""

import configparser
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from local_lambda.model.function import ACCOUNT_ID, ConfigurationError


@dataclass(frozen=True)
class KnownCredentials:
    """Keys and the user whose they are."""

    access_key: str
    secret_key: str
    token: str | None = None
    user: str = "local"

    @property
    def identity(self) -> dict[str, str | None]:
        """What an event tells of the caller, in `requestContext.authorizer.iam`."""
        digest = hashlib.sha256(self.access_key.encode()).hexdigest()[:17].upper()
        return {
            "accessKey": self.access_key,
            "accountId": ACCOUNT_ID,
            "callerId": f"AIDA{digest}",
            "cognitoIdentity": None,
            "principalOrgId": None,
            "userArn": f"arn:aws:iam::{ACCOUNT_ID}:user/{self.user}",
            "userId": f"AIDA{digest}",
        }


# The pair of AWS's own documentation: no secret, and in the form of a real one.
DEFAULT_CREDENTIALS = KnownCredentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def pair(text: str) -> KnownCredentials:
    """Read ACCESS:SECRET, or ACCESS:SECRET:TOKEN. Raises ConfigurationError."""
    access_key, _, rest = text.partition(":")
    secret_key, _, token = rest.partition(":")
    if not access_key or not secret_key:
        raise ConfigurationError("--credentials must name a file, or be of the form ACCESS:SECRET.")
    return KnownCredentials(access_key, secret_key, token or None)


def profiles(text: str) -> Sequence[KnownCredentials]:
    """Read a credentials file: every profile that has keys of its own. Raises ConfigurationError."""
    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        parser.read_string(text)
    except configparser.Error as error:
        # Its message may hold lines of the file.
        raise ConfigurationError("--credentials names a file that is no AWS credentials file.") from error
    found = [
        KnownCredentials(
            section["aws_access_key_id"],
            section["aws_secret_access_key"],
            section.get("aws_session_token") or None,
            name,
        )
        for name, section in parser.items()
        if "aws_access_key_id" in section and "aws_secret_access_key" in section
    ]
    if not found:
        raise ConfigurationError("--credentials names a file without aws_access_key_id and its secret.")
    return found
