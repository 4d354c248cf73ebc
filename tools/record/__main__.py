"""`./scripts/record`: deploy the probe, ask every question there and here, print and write what AWS said."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.record import stacks, table
from tools.record.answers import case, differences, document
from tools.record.client import ask
from tools.record.question import Question
from tools.record.questions import QUESTIONS
from tools.rehearsal.interruption import interruption
from tools.rehearsal.rehearsal import CommandFailed

Seen = dict[str, dict[str, Any]]


def seen_at(urls: Mapping[str, str], questions: Sequence[Question]) -> Seen:
    """Ask; return what was seen, by the names of the questions."""
    found = {}
    for question in questions:
        answer = ask(
            urls[question.url], question.method, question.target, list(question.headers), question.body
        )
        found[question.name] = document(question, answer)
    return found


def cases(questions: Sequence[Question], seen: Seen, region: str, day: str) -> dict[str, Any]:
    """Return the file: every answer as a case, with where and when it was recorded."""
    where = "a stand-in, not AWS" if region == _REHEARSED else region
    evidence = "rehearsed, not from AWS" if region == _REHEARSED else "recorded from AWS"
    source = f"./scripts/record, {day}, {where}"
    return {
        "about": f"What was seen by ./scripts/record on {day}: {where}.",
        "cases": [case(one, seen[one.name], source=source, evidence=evidence) for one in questions],
    }


_REHEARSED = "rehearsed"


def main(arguments: Sequence[str]) -> int:
    """Return the exit status: 0 when every question was asked, whatever the answers."""
    options = _options(arguments)
    interruption.arm()
    questions = [one for one in QUESTIONS if options.all or not one.long]
    questions = [one for one in questions if not options.only or one.name in options.only]
    region = _REHEARSED if options.rehearse else options.region
    try:
        ours = _ask(stacks.local(), questions, "the local Lambda")
        place = stacks.rehearsed() if options.rehearse else stacks.on_aws(region)
        theirs = _ask(place, questions, "a rehearsed deployment" if options.rehearse else f"AWS, {region}")
    except CommandFailed as error:
        sys.stderr.write(f"record: {error}\n")
        return 1
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    print(table.head())
    for question in questions:
        print(*table.lines(question, ours[question.name], theirs[question.name]), sep="\n")
    different = [one for one in questions if differences(ours[one.name], theirs[one.name])]
    path = Path(options.output or f"recorded-{region}-{day}.json")
    path.write_text(json.dumps(cases(questions, theirs, region, day), indent=1, ensure_ascii=False) + "\n")
    print(f"{len(questions)} questions, {len(different)} differ. Written: {path}")
    return 0


def _ask(place: AbstractContextManager[stacks.Urls], questions: Sequence[Question], name: str) -> Seen:
    print(f"Asking {name} ...", flush=True)
    with place as urls:
        return seen_at(urls, questions)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="record", add_help=False)
    parser.add_argument("--rehearse", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", action="append", choices=[one.name for one in QUESTIONS])
    parser.add_argument(
        "--region", default=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    )
    parser.add_argument("--output")
    options = parser.parse_args(arguments)
    if not options.rehearse and not options.region:
        parser.error("name a region: --region, or AWS_REGION")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
