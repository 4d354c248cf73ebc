"""docs/other-tools.md: the CDK's app, synthesised by aws-cdk-lib and served."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.end_to_end.pages.conftest import Run
from tests.support.kept import fingerprint, kept
from tests.support.package import install_into, wheel
from tests.support.page_files import files, page, write
from tests.support.real_clients import CLIENTS, node, python_with
from tests.support.runtime_process import ROOT
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

HANDLER = """
from lambda_streaming import streamify_response

@streamify_response
def handler(event, context):
    yield "Hello "
    yield "world"
"""


def synthesised(run: Run) -> Path:
    """Return the template, from this run or from one before: it is made of these files by these packages."""
    python = python_with("aws_cdk")
    app = files(page("other-tools.md"))["app.py"]

    def synthesise(directory: Path) -> None:
        write(directory, {"app.py": app, "build/app.py": HANDLER})
        install_into(directory / "build")
        run(
            python,
            "app.py",
            cwd=directory,
            # As `cdk synth` sets them; the second says in the template where an asset is.
            CDK_OUTDIR=str(directory / "cdk.out"),
            CDK_CONTEXT_JSON=json.dumps({"aws:cdk:enable-asset-metadata": True}),
            PATH=f"{node().parent}{os.pathsep}{os.environ['PATH']}",
            PYTHONPATH="",
        )

    sources = [*(ROOT / "tests" / "clients").iterdir(), Path(__file__), CLIENTS / "pyvenv.cfg"]
    made_of = fingerprint(app, repr(wheel().read_bytes()), files=sources)
    return kept("cdk", made_of, synthesise) / "cdk.out" / "Streaming.template.json"


def test_the_cdk_s_app_is_synthesised_and_served(run: Run) -> None:
    template = synthesised(run)
    resources = json.loads(template.read_text())["Resources"].values()
    [function] = [one["Properties"] for one in resources if one["Type"] == "AWS::Lambda::Function"]
    assert function["Environment"] == {"Variables": {"LAMBDA_STREAMING": "1"}}
    [url] = [one["Properties"] for one in resources if one["Type"] == "AWS::Lambda::Url"]
    assert (url["AuthType"], url["InvokeMode"]) == ("NONE", "RESPONSE_STREAM")
    permissions = [one["Properties"] for one in resources if one["Type"] == "AWS::Lambda::Permission"]
    assert {one["Action"] for one in permissions} == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    with LocalLambda(template) as local:
        [address] = local.urls.values()
        response = request(address, "/")
    assert response.body == b"Hello world"
