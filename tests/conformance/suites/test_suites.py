"""The frameworks' own test suites: through asgi() and wsgi() they end as they do without them.

`./tests/conformance/suites/prepare` installs the frameworks, and fetches their source distributions, which
contain the suites.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.suites.differences import DIFFERENCES
from tests.support.kept import fingerprint, kept
from tests.support.runtime_process import ROOT

pytestmark = pytest.mark.timeout(600)  # a busy machine

PLACE = ROOT / ".suites"
HERE = Path(__file__).parent
# The files that send requests. Left out: the test clients' own tests, WebSockets, the command lines, and of
# FastAPI whatever is about the documents that it makes.
FILES = {
    "starlette": [
        "tests/middleware/test_[!o]*.py",
        *(f"tests/test_{name}.py" for name in ("applications", "authentication", "background", "endpoints")),
        *(
            f"tests/test_{name}.py"
            for name in ("exceptions", "formparsers", "requests", "responses", "routing")
        ),
        *(f"tests/test_{name}.py" for name in ("staticfiles", "templates")),
    ],
    "fastapi": [
        *(
            f"tests/test_dependency_{name}.py"
            for name in ("after_yield_[!w]*", "contextmanager", "yield_*n", "yield_scope")
        ),
        *(
            f"tests/test_{name}.py"
            for name in ("exception_handlers", "form_*", "forms_single_*", "get_request_body")
        ),
        *(
            f"tests/test_{name}.py"
            for name in ("file_and_form_*", "list_bytes_*", "multi_query_errors", "put_no_body")
        ),
        *(
            f"tests/test_{name}.py"
            for name in ("repeated_cookie_headers", "request_body_limits", "response_c*")
        ),
        *(
            f"tests/test_{name}.py"
            for name in ("router_redirect_slashes", "sse", "stream_*", "upload_file_*")
        ),
    ],
    "flask": ["tests/test_[!c]*.py"],
    "werkzeug": [
        *(f"tests/test_{name}.py" for name in ("debug", "exceptions", "formparser", "send_file", "test")),
        *(f"tests/test_{name}.py" for name in ("utils", "wrappers", "wsgi")),
        "tests/middleware/test_[!p]*.py",
    ],
}


@pytest.fixture(scope="session", autouse=True)
def suites() -> None:
    installed = PLACE / ".installed"
    if not installed.exists() or installed.read_bytes() != (HERE / "requirements.txt").read_bytes():
        pytest.skip("needs the frameworks' suites: ./tests/conformance/suites/prepare")


def run(suite: str, outcomes: Path) -> None:
    """Run a suite's files, plain and through the adapter: see outcomes.py."""
    (directory,) = (path for path in (PLACE / "sources").glob(f"{suite}-*") if path.is_dir())
    files = sorted(str(path) for name in FILES[suite] for path in directory.glob(name))
    paths = [directory / "src", directory, HERE, ROOT / "layers" / "streaming", ROOT]
    # Of a traceback Python's own form: pytest's parses the whole file for every line of it.
    options = ["-q", "--tb=native", "--capture=sys", "-p", "no:cacheprovider", "-p", "outcomes"]
    done = subprocess.run(
        [PLACE / "bin" / "python", "-m", "pytest", *options, *files],
        cwd=directory,
        env={
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "OUTCOMES": str(outcomes),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=500,
        check=False,
    )
    assert (outcomes / "adapted").exists(), done.stdout


def kept_plain(suite: str) -> Path:
    """Return where the outcomes without the adapter are kept, once they have been right."""
    files = [Path(__file__), HERE / "outcomes.py", HERE / "requirements.txt", PLACE / "pyvenv.cfg"]
    return kept(f"suite-{suite}", fingerprint(files=files), lambda directory: None) / "plain"


@pytest.mark.parametrize("suite", DIFFERENCES)
def test_a_suite_ends_through_the_adapter_as_without(suite: str, tmp_path: Path) -> None:
    known = kept_plain(suite)
    if known.exists():
        shutil.copy(known, tmp_path)
    run(suite, tmp_path)
    expected, found = (json.loads((tmp_path / name).read_text()) for name in ("plain", "adapted"))
    assert sum(outcome == "call passed" for outcome in expected.values()) > 100
    different = {name for name in {**expected, **found} if expected.get(name) != found.get(name)}
    assert different == set(DIFFERENCES[suite]), (tmp_path / "printed").read_text()
    if not known.exists():
        shutil.copy(tmp_path / "plain", known.with_name("copy"))
        known.with_name("copy").rename(known)
