"""A query as SigV4 signs it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
"""

from urllib.parse import quote, unquote_to_bytes


def normalised(query: str) -> str:
    """Return the query encoded as the specification wants it, however the client wrote it."""
    divided = (pair.partition("=") for pair in query.split("&") if pair)
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, _, value in divided)


def _encoded(text: str) -> str:
    return quote(unquote_to_bytes(text), safe="-_.~")
