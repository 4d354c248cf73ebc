"""A large object of S3: whole, a range of it, or what a download that broke off still lacks.

S3 judges the conditions of a request (RFC 9110, sections 13 and 14), but If-Range, which it does not know.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambda_streaming import streamify_response
from objects import S3, refusal, status_of, wanted

LOGGER = logging.getLogger(__name__)
PIECE = 256 * 1024  # bytes
RETRIES = 3  # one after another, without a byte between them
CONDITIONS = {"range": "Range", "if-match": "IfMatch", "if-none-match": "IfNoneMatch"}
PASSED_ON = ("cache-control", "content-disposition", "content-range", "content-type", "etag", "last-modified")


@streamify_response
def handler(event: dict[str, Any], context: Any) -> Iterator[dict[str, Any] | bytes]:
    """Yield the status and the headers, then the body."""
    method = event["requestContext"]["http"]["method"]
    if method not in ("GET", "HEAD"):
        yield {"statusCode": 405, "headers": {"Allow": "GET, HEAD"}}
        return
    target = wanted(event)
    try:
        found = ask(S3.get_object if method == "GET" else S3.head_object, target, event["headers"])
    except ClientError as error:
        yield refusal(error)
        return
    sent = found["ResponseMetadata"]["HTTPHeaders"]
    headers = {name: sent[name] for name in PASSED_ON if name in sent}
    yield {"statusCode": status_of(found), "headers": {"accept-ranges": "bytes", **headers}}
    if method == "GET":
        yield from pieces(found, target)


def ask(operation: Any, target: dict[str, str], headers: Mapping[str, str]) -> Any:
    """Return S3's response to a request with these headers. Raises ClientError: not there, not modified."""
    conditions = {name: headers[header] for header, name in CONDITIONS.items() if header in headers}
    if "if-range" not in headers or "Range" not in conditions:
        return operation(**target, **conditions)
    try:
        return operation(**target, **{**conditions, "IfMatch": headers["if-range"]})
    except ClientError as error:
        if status_of(error.response) != 412:
            raise
    del conditions["Range"]  # the client has a part of another object: it gets the whole of this one
    return operation(**target, **conditions)


def pieces(found: Any, target: dict[str, str]) -> Iterator[bytes]:
    """Yield the body. Where S3 breaks it off, go on from there, as long as it is the same object.

    A client cannot tell a body that ends with an error from a whole one: so it had better not end with one.
    """
    span = re.match(r"bytes (\d+)-", found.get("ContentRange", ""))
    first = int(span[1]) if span else 0
    last = first + found["ContentLength"] - 1
    body, failures = found["Body"], 0
    while first <= last:
        try:
            for piece in body.iter_chunks(PIECE):
                first += len(piece)
                failures = 0
                yield piece
        except BotoCoreError as error:
            failures += 1
            if failures > RETRIES or first > last:
                raise
            LOGGER.warning("S3 broke off before byte %d: %s", first, error)
            body = S3.get_object(**target, IfMatch=found["ETag"], Range=f"bytes={first}-{last}")["Body"]
