"""Which jobs have been stopped: an item a job in a DynamoDB table, which forgets it after a day."""

import os
import time

import boto3

KEPT = 24 * 60 * 60  # seconds

_table = boto3.resource("dynamodb").Table(os.environ["STOPPED_TABLE"])


def stop(job: str) -> None:
    """Note that a job is to stop."""
    _table.put_item(Item={"job": job, "expires": int(time.time()) + KEPT})


def is_stopped(job: str) -> bool:
    """Tell whether a job is to stop."""
    return "Item" in _table.get_item(Key={"job": job})
