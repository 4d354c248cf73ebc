"""What is compared of an answer, as a document: without ids, dates and the like, which differ each time."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from tools.record.client import Answer
from tools.record.question import Question

_LONGEST = 600
_SECONDS = 1.5
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TRACE = re.compile(r"(1-)[0-9a-f]{8}-[0-9a-f]{24}|((?:[Pp]arent|[Ll]ineage)=)[0-9a-f:]+", re.ASCII)
_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d GMT")


def document(question: Question, answer: Answer) -> dict[str, Any]:
    """Return the answer as a document that can be compared with another of the same question."""
    made: dict[str, Any] = {
        "status": answer.status,
        "headers": [[name, _stable(value)] for name, value in answer.headers],
        "body": _body(answer.body),
        "end": answer.end,
    }
    if question.compare_times:
        made["before the end"] = _before_the_end(answer)
    return made


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Return the names of what differs. The order of headers does not count, the case of their names does."""
    return [
        name
        for name in ours
        if (sorted(ours[name]) != sorted(theirs[name]) if name == "headers" else ours[name] != theirs[name])
    ]


def _before_the_end(answer: Answer) -> list[str]:
    """Name what came long before the end: the head, and the first piece of the body."""
    first = answer.pieces[0][0] if answer.pieces else None
    moments = {"head": answer.head_at, "first piece": first}
    return [name for name, at in moments.items() if at is not None and answer.ended_at - at > _SECONDS]


def _stable(value: str) -> str:
    value = _DATE.sub("<date>", value) if "2026 00:00:00" not in value else value
    return _TRACE.sub(lambda match: f"{match[1] or match[2]}<hex>", _ID.sub("<id>", value))


def _body(body: bytes) -> str:
    """Return the body as text; a long one by its length and hash."""
    if len(body) > _LONGEST:
        return f"<{len(body)} bytes, SHA-256 {hashlib.sha256(body).hexdigest()[:16]}>"
    try:
        return _stable(body.decode())
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(body).decode()


def case(question: Question, seen: dict[str, Any], *, source: str, evidence: str) -> dict[str, Any]:
    """Return the answer as a case, in the form of tests/conformance/function_url/cases.json."""
    headers: dict[str, Any] = {}
    for name, value in seen["headers"]:
        headers[name] = (
            [*([headers[name]] if isinstance(headers[name], str) else headers[name]), value]
            if (name in headers)
            else value
        )
    made = {
        "name": f"recorded_{question.name}",
        "evidence": evidence,
        "source": source,
        "description": question.asks,
        "url_config": {"AuthType": "AWS_IAM" if question.url == "Signed" else "NONE",
                       "InvokeMode": "BUFFERED" if question.url == "Buffered" else "RESPONSE_STREAM"},
        "request": {"method": question.method, "path": question.path, "headers": dict(question.headers)},
        "probe": question.do,
        "expected_status": seen["status"],
        "expected_headers": headers,
        "expected_body": seen["body"],
        "end": seen["end"],
        "api": "function URL",
    }  # fmt: skip
    if "before the end" in seen:
        made["before_the_end"] = seen["before the end"]
    return made
