"""The objects that are served: those of the bucket below `public/`. The functions may read no others."""

import os
from typing import Any

import boto3
from botocore.exceptions import ClientError

BUCKET = os.environ["BUCKET"]
PREFIX = "public/"
S3: Any = boto3.client("s3")
# Without s3:ListBucket, S3 does not say whether there is an object.
_STATUSES = {304: 304, 403: 404, 404: 404, 412: 412, 416: 416}


def wanted(event: dict[str, Any]) -> dict[str, str]:
    """Return the bucket and the key of the object that a request is for."""
    path: str = event["requestContext"]["http"]["path"]
    return {"Bucket": BUCKET, "Key": PREFIX + path.removeprefix("/")}


def status_of(answer: Any) -> int:
    """Return the status of S3's response."""
    status: int = answer["ResponseMetadata"]["HTTPStatusCode"]
    return status


def refusal(error: ClientError) -> dict[str, Any]:
    """Return the response for what S3 has refused. Raises the error if the client is not its cause."""
    status = _STATUSES.get(status_of(error.response))
    if status is None:
        raise error
    size = error.response["Error"].get("ActualObjectSize")
    headers = {"Content-Range": f"bytes */{size}"} if status == 416 and size else {}
    return {"statusCode": status, "headers": headers}
