"""The table *ours / AWS*: a line for each question, what differs below it."""

from __future__ import annotations

import json
from typing import Any

from tools.record.answers import differences
from tools.record.question import Question

_WIDTH = 34


def lines(question: Question, ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Return the lines of one question."""
    different = differences(ours, theirs)
    mark = "DIFFERS" if different else "same"
    found = [f"{mark:8} {question.name:42} {_short(ours):{_WIDTH}} {_short(theirs)}"]
    if different:
        found.append(f"         {question.asks}")
    for name in different:
        found += [
            f"           {name}: ours {_text(ours[name])}",
            f"           {' ' * len(name)}  AWS  {_text(theirs[name])}",
        ]
    return found


def head() -> str:
    """Return the heading."""
    return f"{'':8} {'question':42} {'ours':{_WIDTH}} AWS"


def _short(seen: dict[str, Any]) -> str:
    status = "no answer" if seen["status"] is None else str(seen["status"])
    body = seen["body"] if len(seen["body"]) <= 12 else seen["body"][:11] + "…"
    times = f", {' + '.join(seen['before the end']) or 'nothing'} early" if "before the end" in seen else ""
    return f"{status} {body!r} {seen['end']}{times}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
