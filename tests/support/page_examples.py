"""The Python examples of a page: each block of code has its name in a comment before it."""

from __future__ import annotations

import re

from tests.support.runtime_process import ROOT

_EXAMPLE = re.compile(r"<!-- example: (\w+) -->\n```python\n(.*?)```", re.DOTALL)


def examples(page: str) -> dict[str, str]:
    """Return the examples of ``page``, a path within the project, by name; every block of Python is one."""
    text = (ROOT / page).read_text()
    found = dict(_EXAMPLE.findall(text))
    assert text.count("```python") == len(found), f"{page}: a block of Python has no name, or that of another"
    return found
