"""docs/hello-world.md, from an untouched `sam init` on: every step of it."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

from tests.end_to_end.pages.conftest import Run
from tests.support.page_files import files, page, write
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"  # which is here to build with
PAGE = page("hello-world.md")


def test_every_step(tmp_path: Path, run: Run, requirement: str) -> None:
    text = PAGE.replace("python3.13", RUNTIME)
    first = re.search(r"^\$ (sam init .*\\\n.*)$", text, re.MULTILINE)
    assert first is not None
    run(*shlex.split(first[1].replace("\\\n", " ")), cwd=tmp_path)
    project = tmp_path / "hello"
    append = re.search(r"^\$ (printf .*)$", text, re.MULTILINE)
    assert append is not None
    run("bash", "-c", append[1].replace("lambda-streaming", requirement), cwd=project)
    change = re.search(r"```diff\n(.*?)```", text, re.DOTALL)
    assert change is not None
    (tmp_path / "change.diff").write_text(change[1])
    run("git", "apply", "../change.diff", cwd=project, GIT_CEILING_DIRECTORIES=str(tmp_path))
    write(project, files(text))
    run("sam", "build", cwd=project)
    built = project / ".aws-sam" / "build" / "HelloWorldFunction"
    tested = run(sys.executable, "-m", "pytest", "-q", "tests/unit", cwd=project, PYTHONPATH=str(built))
    assert "1 passed" in tested
    with LocalLambda(project / "template.yaml") as local:
        response = request(local.urls["HelloWorldFunction"], "/")
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.body == b"hello\nworld\n"
