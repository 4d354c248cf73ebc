"""Layers, interpreters, variables and template values."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from local_lambda.model.function import ConfigurationError, FunctionConfiguration, FunctionUrlConfig, Layer
from local_lambda.process.layers import make_opt
from local_lambda.process.prepare import check_runtime
from local_lambda.process.python import interpreter_for, make_lang, make_runtime, own_interpreter
from local_lambda.process.variables import Directories, function_variables, region_of
from local_lambda.sam.template import read_template
from tests.unit.local_lambda.files import tree, write


def test_later_layers_win(tmp_path: Path) -> None:
    one = write(tmp_path / "1", {"python/a.py": "1", "python/p/x.py": "1", "bin/tool": "1", "thing": "1"})
    two = write(tmp_path / "2", {"python/a.py": "2", "python/p/y.py": "2", "thing/inner": "2"})
    three = write(tmp_path / "3", {"a.py": "3", "p/x.py": "3"})
    opt = tmp_path / "opt"
    make_opt(opt, [Layer(one), Layer(two), Layer(three, "python")])
    assert tree(opt) == {
        "python/a.py": "3",
        "python/p/x.py": "3",
        "python/p/y.py": "2",
        "bin/tool": "1",
        "thing/inner": "2",
    }
    assert tree(one)["python/a.py"] == "1"
    make_opt(tmp_path / "empty", [])
    assert tree(tmp_path / "empty") == {}


def test_a_lang_has_no_packages_of_its_own(tmp_path: Path) -> None:
    executable = make_lang(tmp_path / "lang", own_interpreter())
    code = "import sys; print(*sys.version_info[:2]); print(*sys.path, sep='\\n')"
    done = subprocess.run([executable, "-c", code], capture_output=True, text=True, check=True)
    version, *path = done.stdout.splitlines()
    assert version == f"{sys.version_info.major} {sys.version_info.minor}"
    assert not [entry for entry in path if "site-packages" in entry or "dist-packages" in entry]


def test_a_runtime_has_what_lambda_ships(tmp_path: Path) -> None:
    make_runtime(tmp_path / "runtime")
    names = {entry.name for entry in (tmp_path / "runtime").iterdir()}
    assert {"boto3", "botocore", "awslambdaric", "six.py", "dateutil", "bootstrap", "bootstrap.py"} <= names
    assert not {"samcli", "pytest", "h11", "yaml"} & names


def test_interpreters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = own_interpreter()
    assert interpreter_for(own.version, wrapped=True) == own
    assert interpreter_for("3.99", wrapped=True) == own
    shim = tmp_path / "python3.98"
    monkeypatch.setenv("PATH", str(tmp_path))
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert interpreter_for("3.98", wrapped=True) == own
    shim.write_text("#!/bin/sh\necho 3.98 /somewhere/python3.98\n")
    found = interpreter_for("3.98", wrapped=True)
    assert (str(found.executable), found.version) == ("/somewhere/python3.98", "3.98")
    broken = tmp_path / "shims" / "python3.98"  # before the one that runs
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{tmp_path}")
    assert interpreter_for("3.98", wrapped=True) == found
    assert interpreter_for("3.98", wrapped=False) == own  # awslambdaric is of our own version


def test_variables(tmp_path: Path) -> None:
    configuration = FunctionConfiguration(
        "Some",
        "some",
        "python3.13",
        "app.handler",
        tmp_path,
        3,
        512,
        {"MINE": "1", "TZ": "CET", "_HANDLER": "x"},
    )
    directories = Directories(
        task=Path("/t"), runtime=Path("/w/runtime"), lang=Path("/w/lang"), opt=Path("/w/opt")
    )
    environ = {
        "HOME": "/home/me",
        "AWS_PROFILE": "p",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL_S3": "http://s",
    }
    variables = function_variables(
        configuration, environ, runtime_api="127.0.0.1:1", log_stream="s", directories=directories
    )
    assert variables["_HANDLER"] == "app.handler"
    assert (variables["MINE"], variables["TZ"]) == ("1", "CET")
    assert (variables["AWS_PROFILE"], variables["AWS_ENDPOINT_URL_S3"]) == ("p", "http://s")
    assert (variables["AWS_REGION"], variables["AWS_DEFAULT_REGION"]) == ("eu-west-1", "eu-west-1")
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert variables["PATH"] == "/w/lang/bin:/usr/local/bin:/usr/bin:/bin:/w/opt/bin"
    assert "HOME" not in variables
    assert "AWS_ACCESS_KEY_ID" not in variables
    assert region_of({}) == "us-east-1"


@pytest.mark.parametrize("runtime", ["python3.8", "python3.14", "nodejs22.x", "provided", "provided.al2023"])
def test_supported_runtimes(tmp_path: Path, runtime: str) -> None:
    check_runtime(FunctionConfiguration("F", "f", runtime, "h", tmp_path))


@pytest.mark.parametrize("runtime", ["nodejs", "python2.7", "ruby3.3", "None", ""])
def test_unsupported_runtimes(tmp_path: Path, runtime: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^F declares the runtime .*: python3\.x, nodejs"):
        check_runtime(FunctionConfiguration("F", "f", runtime, "h", tmp_path))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own
def test_a_template(tmp_path: Path) -> None:
    (tmp_path / "layer").mkdir()
    (tmp_path / "template.yaml").write_text(
        """
Transform: AWS::Serverless-2016-10-31
Conditions:
  Always: !Equals [a, a]
Globals:
  Function:
    Runtime: python3.13
    Environment:
      Variables: {SHARED: global}
Resources:
  SomeLayer:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: python3.13}
    Properties: {ContentUri: layer}
  First:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      CodeUri: code
      Layers: [!Ref SomeLayer, "arn:aws:lambda:eu-west-1:1:layer:gone:1"]
      Environment:
        Variables: {NUMBER: 7, FLAG: true, SHARED_KEY: !ImportValue Other, IF: !If [Always, "yes", "no"]}
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}
  Second:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.handler, CodeUri: code, FunctionName: second, Timeout: "20", MemorySize: 1024}
  SecondUrl:
    Type: AWS::Lambda::Url
    Properties: {AuthType: AWS_IAM, TargetFunctionArn: !GetAtt Second.Arn}
"""
    )
    template = read_template(tmp_path / "template.yaml")
    first, second = template.functions
    assert first == FunctionConfiguration(
        logical_id="First",
        name="First",
        runtime="python3.13",
        handler="app.handler",
        code=tmp_path / "code",
        timeout=3,
        memory=128,
        environment={"SHARED": "global", "NUMBER": "7", "FLAG": "true", "IF": "yes"},
        layers=(Layer(tmp_path / "layer", "python"),),
        url=FunctionUrlConfig("NONE", "RESPONSE_STREAM"),
    )
    assert (second.name, second.timeout, second.memory) == ("second", 20, 1024)
    assert second.url == FunctionUrlConfig("AWS_IAM", "BUFFERED")
    assert [notice.split(":")[0] for notice in template.notices] == ["First", "First"]
