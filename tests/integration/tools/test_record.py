"""The recorder against two local Lambdas: one as it is, one with a planted difference."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.runtime_process import ROOT
from tools.local_lambda_process import LocalLambda
from tools.record.__main__ import Seen, seen_at
from tools.record.answers import differences
from tools.record.questions import QUESTIONS
from tools.record.stacks import TEMPLATE

NAMES = ["end_error_in_trailers", "end_exit", "stream_content_encoding_gzip", "result_none", "cors_preflight"]
# What Python imports as it starts: this local Lambda cuts a stream whose error is in the trailers.
PLANTED = """
from local_lambda.endpoints.function_url.response import UrlPolicy
UrlPolicy.ends_cleanly = lambda policy, error: False
"""


def seen_with(environ: dict[str, str]) -> Seen:
    asked = [question for question in QUESTIONS if question.name in NAMES]
    with LocalLambda(ROOT / TEMPLATE, environ={**os.environ, **environ}) as running:
        return seen_at(running.urls, asked)


def test_a_planted_difference_is_noticed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(PLANTED)
    ours = seen_with({})
    theirs = seen_with({"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"})
    assert set(ours) == set(NAMES)
    different = {name: differences(ours[name], theirs[name]) for name in NAMES}
    assert {name: found for name, found in different.items() if found} == {"end_error_in_trailers": ["end"]}
    assert (ours["end_error_in_trailers"]["end"], theirs["end_error_in_trailers"]["end"]) == ("clean", "cut")
