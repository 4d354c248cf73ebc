"""`sam local start-lambda` with Docker, called with boto3."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from tests.end_to_end.docker.sam import Project
from tests.end_to_end.docker.test_local_invoke import COUNTER
from tests.support.runtime_process import ROOT

pytestmark = pytest.mark.timeout(300)


def test_boto3_gets_what_the_counter_streams(project: Project, tmp_path: Path) -> None:
    with project.start_lambda(tmp_path / "start-lambda.log") as address:
        client = boto3.client(
            "lambda",
            endpoint_url=address,
            region_name="us-east-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",
            config=Config(read_timeout=100, retries={"total_max_attempts": 1}),
        )
        event = (ROOT / "events" / "counter.json").read_bytes()
        answer = client.invoke(FunctionName="CounterFunction", Payload=event)
        payload = answer["Payload"].read()
        client.close()
    assert answer["StatusCode"] == 200
    assert not answer.get("FunctionError")
    assert payload == COUNTER
