"""The corpus: every case under awslambdaric and under us, and whatever can be seen of the two compared."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conformance.awslambdaric.case import Case
from tests.conformance.awslambdaric.corpus import CASES
from tests.conformance.awslambdaric.differences import BY_CASE, Detail, Difference
from tests.conformance.awslambdaric.observing import Observations
from tests.conformance.awslambdaric.reference import keep, of_awslambdaric, of_ours, set_aside_everywhere


@pytest.fixture(scope="module")
def two_at_a_time() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_same_as_awslambdaric(case: Case, tmp_path: Path, two_at_a_time: ThreadPoolExecutor) -> None:
    runs = [two_at_a_time.submit(run, case, tmp_path) for run in (of_awslambdaric, of_ours)]
    theirs, ours = [run.result() for run in runs]
    set_aside_everywhere(theirs, ours)
    if case.name in BY_CASE:
        set_aside(BY_CASE[case.name], theirs, ours)
    assert ours == theirs
    keep(case)


def set_aside(difference: Difference, theirs: Observations, ours: Observations) -> None:
    """Check that what is listed is so, and take it out of both."""
    for detail in difference.details:
        check(detail, theirs, ours)
    for detail in difference.details:
        for seen in (theirs, ours):
            seen.get(detail.step, {}).pop(detail.kind, None)
    if any(detail.kind == "path" and detail.theirs for detail in difference.details):
        for seen in (theirs, ours):
            seen["requests"]["requests"] = seen["requests"]["requests"].replace("/error", "/response")
    if difference.crash:
        last = theirs.pop("requests")["requests"]
        assert ours.pop("requests")["requests"].startswith(last), "ours goes on where theirs has ended"
        for step in theirs.keys() ^ ours.keys():
            theirs.pop(step, None)
            ours.pop(step, None)


def check(detail: Detail, theirs: Observations, ours: Observations) -> None:
    their_text, our_text = (seen.get(detail.step, {}).get(detail.kind) for seen in (theirs, ours))
    assert their_text != our_text, f"{detail} is a difference no more"
    for expected, text in ((detail.theirs, their_text), (detail.ours, our_text)):
        assert text is None if expected is None else expected in (text or ""), f"{detail}: {text}"


def test_names_are_unique() -> None:
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)
    assert all(len({call.name for call in case.calls}) == len(case.calls) for case in CASES)


def test_every_difference_is_of_a_case() -> None:
    assert BY_CASE.keys() <= {case.name for case in CASES}
