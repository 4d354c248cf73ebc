"""Functions without an exec wrapper: on the Python that they declare, else with a word on what breaks."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.interpreters import interpreters
from tests.support.url_client import request
from tests.unit.local_lambda.files import write
from tools.local_lambda_process import LocalLambda

FUNCTION = """
  {}:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python{}
      Handler: {}.handler
      CodeUri: src
      Timeout: 60
      FunctionUrlConfig: {{AuthType: NONE}}
"""
HANDLER = """
import sys
import boto3, awslambdaric
def handler(event, context):
    if event["rawPath"] == "/raise":
        raise ValueError("as it should")
    return {"version": "%d.%d" % sys.version_info[:2], "id": context.aws_request_id, "path": event["rawPath"]}
"""
# As what a build for another Python leaves: no module of this one.
COMPILED = f"_speedups.cpython-{sys.version_info.major}99-x86_64-linux-gnu.so"
OWN = "{}.{}".format(*sys.version_info)


def test_each_on_its_own_python(tmp_path: Path) -> None:
    versions = list(interpreters())
    functions = [FUNCTION.format(f"F{version.replace('.', '')}", version, "app") for version in versions]
    write(tmp_path, {"template.yaml": "Resources:" + "".join(functions), "src/app.py": HANDLER})
    with LocalLambda(tmp_path / "template.yaml") as running:
        for version in versions:
            name = f"F{version.replace('.', '')}"
            for _ in range(2):
                answer = request(running.urls[name])
                assert answer.status == 200, running.output
                assert answer.json["version"] == version
            assert request(running.urls[name], "/raise").status == 502
            running.wait_for(f"{name} | [ERROR] ValueError: as it should")
        assert "running it on Python" not in running.output


def test_a_package_for_a_python_that_is_not_here(tmp_path: Path) -> None:
    optional = "try:\n    import package._speedups\nexcept ImportError:\n    pass\n"
    write(
        tmp_path,
        {
            "template.yaml": "Resources:"
            + "".join(FUNCTION.format(name.title(), "3.99", name) for name in ("app", "other", "optional")),
            "src/app.py": "from package import _speedups\n",
            "src/other.py": "import nowhere\n",
            "src/optional.py": optional
            + "import package.either\ndef handler(event, context):\n    return 'well'\n",
            "src/package/__init__.py": "",
            f"src/package/{COMPILED}": "",
            # As pydantic_core has it: Python takes the folder for a package without __init__.py.
            "src/package/_speedups/stubs.pyi": "",
            f"src/package/either{COMPILED.removeprefix('_speedups')}": "",
            "src/package/either.py": "",
        },
    )
    with LocalLambda(tmp_path / "template.yaml") as running:
        assert f"Note: App declares python3.99; running it on Python {OWN}" in running.output
        assert request(running.urls["App"]).status == 502
        running.wait_for(f"{COMPILED} is compiled for Python 3.99, this is Python {OWN}")
        assert request(running.urls["Other"]).status == 502
        running.wait_for("Unable to import module 'other': No module named 'nowhere'")
        assert request(running.urls["Optional"]).body == b"well"
        told = [line for line in running.output.splitlines() if "is compiled for" in line]
        assert all(line.startswith("App | ") for line in told)
