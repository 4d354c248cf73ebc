"""docs/from-web-adapter.md: what its project comes to."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.end_to_end.pages.conftest import Run
from tests.support.page_files import changed, page, write
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"  # which is here to build with


def test_the_changed_project_streams(tmp_path: Path, run: Run, requirement: str) -> None:
    after = changed(page("from-web-adapter.md").replace("python3.13", RUNTIME))
    after["app/requirements.txt"] = after["app/requirements.txt"].replace("lambda-streaming", requirement)
    # The page shows the resource alone.
    after["template.yaml"] = f"Transform: AWS::Serverless-2016-10-31\nResources:\n{after['template.yaml']}"
    write(tmp_path, after)
    run("sam", "build", cwd=tmp_path)
    with LocalLambda(tmp_path / "template.yaml") as local:
        response = request(local.urls["FastAPIFunction"], "/")
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.body == b"streamed"
