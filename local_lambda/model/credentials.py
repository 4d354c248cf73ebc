"""The credentials whose signatures are accepted: access keys, secrets and session tokens.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html describes the file format.
"""

import configparser
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from local_lambda.model.function import ACCOUNT_ID, ConfigurationError


@dataclass(frozen=True, kw_only=True)
class KnownCredentials:
    """An access key pair and its user."""

    access_key: str
    secret_key: str
    token: str | None = None
    user: str = "local"

    @property
    def identity(self) -> dict[str, str | None]:
        """The caller as an event has it, in `requestContext.authorizer.iam`."""
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


# The pair in AWS's own documentation: not a secret, but in the form of a real one.
DEFAULT_CREDENTIALS = KnownCredentials(
    access_key="AKIAIOSFODNN7EXAMPLE", secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)


def pair(text: str) -> KnownCredentials:
    """Read ACCESS:SECRET, or ACCESS:SECRET:TOKEN. Raises ConfigurationError."""
    access_key, _, rest = text.partition(":")
    secret_key, _, token = rest.partition(":")
    if not access_key or not secret_key:
        raise ConfigurationError("--credentials must name a file, or be of the form ACCESS:SECRET.")
    return KnownCredentials(access_key=access_key, secret_key=secret_key, token=token or None)


def profiles(text: str) -> Sequence[KnownCredentials]:
    """Read a credentials file: every profile that has keys of its own. Raises ConfigurationError."""
    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        parser.read_string(text)
    except configparser.Error as error:
        # Its message may hold lines of the file.
        raise ConfigurationError("--credentials names a file that is not an AWS credentials file.") from error
    found = [
        KnownCredentials(
            access_key=section["aws_access_key_id"],
            secret_key=section["aws_secret_access_key"],
            token=section.get("aws_session_token") or None,
            user=name,
        )
        for name, section in parser.items()
        if "aws_access_key_id" in section and "aws_secret_access_key" in section
    ]
    if not found:
        raise ConfigurationError("--credentials names a file without aws_access_key_id and its secret.")
    return found
