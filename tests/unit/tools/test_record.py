"""What the recorder compares, prints and writes; its questions against the page that they are about."""

from __future__ import annotations

import json
import re
import socket
import threading
from typing import Any

import pytest

from tools.record import stacks, table
from tools.record.answers import case, differences, document
from tools.record.client import Answer, ask
from tools.record.question import Question
from tools.record.questions import QUESTIONS
from tools.rehearsal.rehearsal import CommandFailed

QUESTION = Question(name="one", asks="what?", do=[["prelude", {"statusCode": 200}], ["end"]])


def answer(**parts: Any) -> Answer:
    values: dict[str, Any] = {"status": 200, "headers": [("X-A", "b")], "body": b"text", "end": "clean"}
    return Answer(**values | parts)


def test_ids_dates_and_traces_are_not_compared() -> None:
    def seen(request_id: str, trace: str, day: str) -> dict[str, Any]:
        headers = [
            ("Date", f"Fri, {day} Nov 2026 10:30:06 GMT"),
            ("x-amzn-RequestId", request_id),
            ("X-Amzn-Trace-Id", f"Root=1-{trace[:8]}-{trace};Parent={trace[:16]};Sampled=0"),
        ]
        return document(QUESTION, answer(headers=headers))

    one = seen("0c4f2b1e-0000-4000-8000-000000000001", "4c9be61972302fa41111a443", "27")
    other = seen("0c4f2b1e-0000-4000-8000-000000000002", "000000000000000000000000", "28")
    assert one == other
    assert one["headers"][2] == ["X-Amzn-Trace-Id", "Root=1-<hex>;Parent=<hex>;Sampled=0"]


@pytest.mark.parametrize(
    ("part", "value", "name"),
    [
        ("status", 403, "status"),
        ("headers", [("x-a", "b")], "headers"),
        ("headers", [("X-A", "b"), ("X-A", "b")], "headers"),
        ("body", b"other", "body"),
        ("end", "cut", "end"),
    ],
)
def test_a_difference_is_noticed_and_named(part: str, value: Any, name: str) -> None:
    ours, theirs = document(QUESTION, answer()), document(QUESTION, answer(**{part: value}))
    assert differences(ours, theirs) == [name]
    first, asks, mine, aws = table.lines(QUESTION, ours, theirs)
    assert first.startswith("DIFFERS  one ")
    assert "what?" in asks
    assert f"{name}: ours {json.dumps(ours[name])}" in mine
    assert f"AWS  {json.dumps(theirs[name])}" in aws


def test_what_is_the_same_is_one_line() -> None:
    seen = document(QUESTION, answer(headers=[("A", "1"), ("B", "2")]))
    (line,) = table.lines(QUESTION, seen, document(QUESTION, answer(headers=[("B", "2"), ("A", "1")])))
    assert line.startswith("same     one ")


def test_times_count_where_a_question_is_about_them() -> None:
    slow = answer(head_at=0.1, pieces=[(0.1, b"first"), (3.0, b"second")], ended_at=3.1)
    held = answer(head_at=3.0, pieces=[(3.0, b"firstsecond")], ended_at=3.1)
    timed = Question(name="one", asks="when?", compare_times=True)
    assert document(timed, slow)["before the end"] == ["head", "first piece"]
    assert differences(document(timed, slow), document(timed, held)) == ["before the end"]
    assert differences(document(QUESTION, slow), document(QUESTION, held)) == []


def test_a_case_has_the_form_of_those_that_are_tested() -> None:
    seen = document(QUESTION, answer(headers=[("Set-Cookie", "a"), ("Set-Cookie", "b"), ("X", "y")]))
    made = case(
        QUESTION, seen, source="./scripts/record, 2026-11-27, eu-central-1", evidence="recorded from AWS"
    )
    assert made["expected_headers"] == {"Set-Cookie": ["a", "b"], "X": "y"}
    assert (made["expected_status"], made["expected_body"], made["end"]) == (200, "text", "clean")
    assert made["url_config"] == {"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}


def test_every_question_has_a_name_of_its_own() -> None:
    names = [one.name for one in QUESTIONS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z0-9_]+", name) for name in names)


@pytest.mark.parametrize(
    ("sent", "end", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n0\r\n\r\n", "clean", b"some"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n", "cut", b"some"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome", "cut", b"some"),
        (b"HTTP/1.1 200 OK\r\nX-MiXeD: a\r\nContent-Length: 4\r\n\r\nsome", "clean", b"some"),
        (b"", "cut", b""),
    ],
)
def test_how_a_body_ends(sent: bytes, end: str, body: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(sent)

        server = threading.Thread(target=serve)
        server.start()
        seen = ask(f"http://127.0.0.1:{listening.getsockname()[1]}/", "GET", "/", [], b"")
        server.join()
    assert (seen.end, seen.body) == (end, body)
    assert not sent or seen.status == 200
    if b"MiXeD" in sent:
        assert seen.headers[0] == ("X-MiXeD", "a")


def test_the_stack_is_deleted_whatever_happens() -> None:
    commands: list[str] = []

    def sam(*arguments: str) -> str:
        commands.append(arguments[0])
        return ""

    with pytest.raises(ZeroDivisionError), stacks.deployed(sam, ()):
        raise ZeroDivisionError
    assert commands == ["deploy", "delete"]


def test_a_stack_that_stays_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def sam(*arguments: str) -> str:
        if arguments[0] == "delete":
            raise CommandFailed("no permission")
        return ""

    with pytest.raises(CommandFailed), stacks.deployed(sam, ("--region", "eu-west-1")):
        pass
    assert "delete it with: sam delete --stack-name lambda-streaming-record --region eu-west-1" in (
        capsys.readouterr().err
    )
