"""docs/your-project.md, walked: its files, built by the real sam, and served."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support import preloaded
from tests.support.package import wheel
from tests.support.page_files import files, page, write
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

PAGE = page("your-project.md")
FILES = files(PAGE)


def test_the_two_lines_make_a_project_stream(tmp_path: Path) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"  # which is here to build with
    assert set(FILES) == {"src/requirements.txt", "template.yaml", "src/app.py"}
    write(tmp_path, files(PAGE.replace("python3.13", version)))
    # What the page says for as long as the package is not on PyPI.
    (tmp_path / "src" / "requirements.txt").write_text(
        FILES["src/requirements.txt"].replace("lambda-streaming", f"lambda-streaming @ {wheel().as_uri()}")
    )
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    subprocess.run(
        [preloaded.command("sam"), "build"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        timeout=300,
    )
    with LocalLambda(tmp_path / "template.yaml") as local:
        response = request(local.urls["HelloFunction"], "/")
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.body == b"data: Hello\n\ndata: world\n\n"
