"""boto3 and the AWS CLI, for the API of a local Lambda."""

from __future__ import annotations

import os
from typing import Any

import boto3
from botocore.config import Config

from tests.support import preloaded

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


def boto_client(service: str, endpoint: str, region: str = REGION) -> Any:
    """A client that tries once and waits long."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
    )


def environment(endpoint: str) -> dict[str, str]:
    """The environment for a command that finds the API there."""
    return {
        **CREDENTIALS,
        "PATH": preloaded.path(),
        "HOME": os.environ.get("HOME", "/"),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
        "LANG": "C.UTF-8",
    }
