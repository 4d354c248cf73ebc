"""Long work: goes on in the next invocation by itself, and stops when it is told to."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator

import httpx
import pytest
from httpx_sse import connect_sse
from playwright.sync_api import Page

from tests.end_to_end.conftest import Built
from tests.end_to_end.translated import of_type
from tests.support.chromium import chromium
from tests.support.moto_server import moto_aws
from tools.local_lambda_process import LocalLambda

EXAMPLE = "long-stream"
STEPS = 100


@pytest.fixture(scope="module")
def running(built: Built) -> Iterator[LocalLambda]:
    (table,) = of_type(EXAMPLE, "AWS::DynamoDB::Table").values()
    with moto_aws("dynamodb") as dynamodb:
        names = ("BillingMode", "AttributeDefinitions", "KeySchema")
        dynamodb.create_table(TableName="StoppedTable", **{name: table[name] for name in names})
        with LocalLambda(built(EXAMPLE)) as running:
            yield running


@pytest.fixture(scope="module")
def url(running: LocalLambda) -> str:
    return running.urls["WorkFunction"]


@pytest.fixture(scope="module")
def page(url: str) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page()
        page.goto(url)
        yield page


def test_the_page_gets_every_step_over_several_invocations(page: Page, running: LocalLambda) -> None:
    before = running.output.count("REPORT")
    page.evaluate("""() => {
        window.seen = [];
        const state = document.getElementById("state");
        new MutationObserver(() => window.seen.push(state.textContent)).observe(state, {childList: true});
    }""")
    page.get_by_role("button", name="Start").click()
    page.wait_for_function("document.getElementById('state').textContent === 'Done'", timeout=60_000)
    steps = [
        int(match[1]) for text in page.evaluate("window.seen") if (match := re.match(r"Step (\d+) of", text))
    ]
    assert steps == list(range(1, STEPS + 1))
    assert running.output.count("REPORT") >= before + 2
    assert "timed out" not in running.output


def test_the_stop_button_ends_it(page: Page) -> None:
    page.get_by_role("button", name="Start").click()
    page.wait_for_function("document.getElementById('state').textContent.startsWith('Step 5 ')")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_function("document.getElementById('state').textContent.startsWith('Stopped after step')")


def test_a_job_that_was_stopped_stays_so_for_its_client_alone(url: str) -> None:
    job, other = str(uuid.uuid4()), str(uuid.uuid4())
    with httpx.Client(base_url=url, timeout=30) as client:
        assert client.post("stop", params={"job": job}).status_code == 204
        with connect_sse(
            client, "GET", "work", params={"job": job}, headers={"Last-Event-ID": "40"}
        ) as source:
            stopped, end = source.iter_sse()
        assert (stopped.event, json.loads(stopped.data), end.event) == ("stopped", {"after": 40}, "end")
        with connect_sse(
            client, "GET", "work", params={"job": other}, headers={"Last-Event-ID": "97"}
        ) as source:
            assert [event.event for event in source.iter_sse()] == ["step", "step", "step", "end"]


@pytest.mark.parametrize("path", ["work", "work?job=1", "stop?job=x", "elsewhere"])
def test_anything_else_is_a_404(url: str, path: str) -> None:
    assert httpx.get(url + path).status_code == 404


def test_it_may_read_and_write_its_table_alone() -> None:
    (role,) = of_type(EXAMPLE, "AWS::IAM::Role").values()
    ((statement,),) = [policy["PolicyDocument"]["Statement"] for policy in role["Policies"]]
    assert statement == {
        "Effect": "Allow",
        "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
        "Resource": {"Fn::GetAtt": ["StoppedTable", "Arn"]},
    }
