"""A stack from its first deployment to its end: no change, a changed function, a changed layer, deletion."""

from __future__ import annotations

import io
import subprocess
import zipfile
from typing import Any

from tests.support.interpreters import interpreters
from tools.rehearsal.deployed_code import archives
from tools.rehearsal.rehearsal import STACK, Rehearsal


def configurations(rehearsal: Rehearsal) -> dict[str, Any]:
    lambda_api = rehearsal.client("lambda")
    found = {}
    for logical_id, name in rehearsal.functions().items():
        found[logical_id] = lambda_api.get_function_configuration(FunctionName=name)
        del found[logical_id]["ResponseMetadata"]
    return found


def test_deploy_again_change_and_delete(rehearsal: Rehearsal) -> None:
    rehearsal.sam("build")
    rehearsal.sam("deploy")
    before, urls = configurations(rehearsal), rehearsal.outputs()

    # That the layer has been imported meanwhile, by whichever Python, is no change.
    sources = rehearsal.project / "layers" / "streaming"
    for interpreter in interpreters().values():
        for options in ([], ["-O"]):
            command = [interpreter, *options, "-c", "import lambda_streaming.asgi, lambda_streaming._main"]
            subprocess.run(command, env={"PYTHONPATH": str(sources)}, check=True)
    assert list(sources.rglob("*.pyc"))
    rehearsal.sam("build")
    assert "No changes to deploy. Stack lambda-streaming-python is up to date" in rehearsal.sam("deploy")
    assert configurations(rehearsal) == before

    # A changed function: its code alone changes, and the URLs stay.
    with (rehearsal.project / "functions" / "counter" / "app.py").open("a") as source:
        source.write("# changed\n")
    # A setting of another.
    template = rehearsal.project / "template.yaml"
    text = template.read_text()
    assert "Timeout: 120" in text
    template.write_text(text.replace("Timeout: 120", "Timeout: 150"))
    rehearsal.sam("build")
    rehearsal.sam("deploy")
    after = configurations(rehearsal)
    changed = {name for name in after if after[name]["CodeSha256"] != before[name]["CodeSha256"]}
    assert changed == {"CounterFunction"}
    assert after["ExportFunction"]["Timeout"] == 150
    assert after["ImageFunction"]["Layers"] == before["ImageFunction"]["Layers"]
    assert rehearsal.outputs() == urls

    # A changed layer: a new version of it, on every function; the old one is gone.
    with (rehearsal.project / "layers" / "streaming" / "lambda_streaming" / "__init__.py").open(
        "a"
    ) as source:
        source.write("# changed\n")
    rehearsal.sam("build")
    rehearsal.sam("deploy")
    layers = {layer["Arn"] for one in configurations(rehearsal).values() for layer in one["Layers"]}
    assert len(layers) == 1
    assert layers.isdisjoint(layer["Arn"] for layer in before["ImageFunction"]["Layers"])
    assert layers == {
        layer["LatestMatchingVersion"]["LayerVersionArn"]
        for layer in rehearsal.client("lambda").list_layers()["Layers"]
    }
    assert rehearsal.outputs() == urls
    _, found = archives(rehearsal.client("cloudformation"), rehearsal.client("s3"), STACK)
    with zipfile.ZipFile(io.BytesIO(found["StreamingLayer"])) as archive:
        assert b"# changed\n" in archive.read("python/lambda_streaming/__init__.py")

    assert "Deleted successfully" in rehearsal.sam("delete", "--no-prompts")
    assert rehearsal.client("lambda").list_functions()["Functions"] == []
    assert rehearsal.client("lambda").list_layers()["Layers"] == []
    assert rehearsal.client("logs").describe_log_groups()["logGroups"] == []
    roles = rehearsal.client("iam").list_roles()["Roles"]
    assert [role["RoleName"] for role in roles if STACK in role["RoleName"]] == []
