"""How callers of the API name a function: name, partial ARN or full ARN, with or without a qualifier.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, FunctionName.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from local_lambda.model.function import ACCOUNT_ID

LATEST = "$LATEST"
# The pattern of the API's own model, with names for its groups.
_PATTERN = re.compile(
    r"(?:arn:aws[a-zA-Z-]*:lambda:)?"
    r"(?:(?P<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?"
    r"(?:(?P<account>\d{12}):)?"
    r"(?:function:)?"
    r"(?P<name>[a-zA-Z0-9_.-]+)"
    r"(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9_-]+))?",
    re.ASCII,
)


class InvalidName(ValueError):
    """No function can have this name; the message says why."""


@dataclass(frozen=True, kw_only=True)
class FunctionReference:
    """A function as a caller names it."""

    name: str
    qualifier: str | None = None
    region: str | None = None
    account: str | None = None

    def is_of(self, region: str) -> bool:
        """Return whether this can be a function of ours, not one of another account or region."""
        return self.region in (None, region) and self.account in (None, ACCOUNT_ID)

    def arn(self, region: str) -> str:
        """Return the full ARN, as error messages have it."""
        account = self.account or ACCOUNT_ID
        arn = f"arn:aws:lambda:{self.region or region}:{account}:function:{self.name}"
        return f"{arn}:{self.qualifier}" if self.qualifier else arn


def parse(segment: str, qualifier: str | None) -> FunctionReference:
    """Read a segment of a URL's path, percent-encoded or not, and the Qualifier. Raises InvalidName."""
    text = unquote(segment)
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise InvalidName(f"{text!r} is neither a function's name nor its ARN")
    derived = match["qualifier"]
    if derived and qualifier and derived != qualifier:
        raise InvalidName(
            "The derived qualifier from the function name does not match the specified qualifier."
        )
    return FunctionReference(
        name=match["name"],
        qualifier=derived or qualifier or None,
        region=match["region"],
        account=match["account"],
    )
