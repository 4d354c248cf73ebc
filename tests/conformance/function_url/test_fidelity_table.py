"""docs/fidelity.md lists every case of cases.json as it is tested.

`python -m tests.conformance.function_url.test_fidelity_table` prints the table for the page.
"""

from __future__ import annotations

from tests.conformance.function_url.test_cases import CASES, LISTED, PASSED
from tests.support.runtime_process import ROOT

PAGE = ROOT / "docs" / "fidelity.md"
HEAD = ["| case | known of AWS | here |", "|---|---|---|"]


def rows() -> list[str]:
    return HEAD + [
        f"| `{name}` | {case['evidence'].removesuffix(' (RIE rapid core)')} | "
        f"{'passed' if name in PASSED else LISTED[name]} |"
        for name, case in sorted(CASES.items())
    ]


def test_the_page_has_the_table_as_it_is_tested() -> None:
    lines = PAGE.read_text().splitlines()
    start = lines.index(HEAD[0])
    table = lines[start : start + len(rows())]
    assert table == rows(), "\n".join(["docs/fidelity.md should have:", *rows()])


def test_the_page_has_the_figures_as_they_are_tested() -> None:
    assert f"{len(PASSED)} of {len(CASES)} cases pass, {len(LISTED)} are listed" in PAGE.read_text()


if __name__ == "__main__":
    print("\n".join(rows()))
