"""The command line: what it prints, and its one sentence for everything that is wrong."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local_lambda import __version__
from tests.integration.local_lambda.conftest import TEMPLATE
from tests.support import measured, preloaded
from tests.support.runtime_process import ROOT
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda, free_ports


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [preloaded.command("local_lambda"), *arguments],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **measured.VARIABLES},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_what_is_printed(served: LocalLambda) -> None:
    lines = served.output.split("Ready\n")[0].splitlines()
    assert lines[0] == f"Reading {TEMPLATE}"
    assert f"Lambda API at http://127.0.0.1:{served.port}" in lines
    assert [line.split() for line in lines[-8:]] == [
        [name, mode, f"http://127.0.0.1:{served.port + number}/"]
        for number, (name, mode) in enumerate(
            [
                ("RawFunction", "RESPONSE_STREAM"),
                ("RawBufferedFunction", "BUFFERED"),
                ("ShortFunction", "RESPONSE_STREAM"),
                ("PlainFunction", "BUFFERED"),
                ("PlainStreamFunction", "RESPONSE_STREAM"),
                ("BrokenFunction", "RESPONSE_STREAM"),
                ("UnwrappedFunction", "BUFFERED"),
                ("InlineFunction", "BUFFERED"),
            ],
            start=1,
        )
    ]
    assert len({line.index("http") for line in lines[-8:]}) == 1  # aligned


def function(properties: str) -> str:
    indented = "\n".join(f"      {line}" for line in properties.strip().splitlines())
    return f"Resources:\n  SomeFunction:\n    Type: AWS::Serverless::Function\n    Properties:\n{indented}\n"


URL = "Handler: app.handler\nCodeUri: .\nFunctionUrlConfig:\n  AuthType: NONE\n"


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{", "is neither YAML nor JSON"),
        ("just text", "is not a SAM template: it has no Resources"),
        ("Resources: []", "is not a SAM template: it has no Resources"),
        ("Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n", "declares no function with local code"),
        (function("Runtime: python3.13\nCodeUri: ."), "Could not find handler for function: SomeFunction"),
        (
            function("Runtime: java21\n" + URL),
            "SomeFunction declares the runtime java21: python3.x, nodejs*.x and provided.* can be served",
        ),
        (function("Runtime: python2.7\n" + URL), "SomeFunction declares the runtime python2.7"),
        (
            function("PackageType: Image\nImageUri: x:latest\nFunctionUrlConfig: {AuthType: NONE}"),
            "SomeFunction",
        ),
        (
            function("Runtime: python3.13\n" + URL + "  InvokeMode: STREAM\n"),
            "The InvokeMode of SomeFunction must be BUFFERED or RESPONSE_STREAM, not 'STREAM'",
        ),
        (
            function("Runtime: python3.13\nTimeout: soon\n" + URL),
            "The Timeout of SomeFunction must be a number, not 'soon'",
        ),
        (
            function("Runtime: python3.13\n" + URL.replace("CodeUri: .", "CodeUri: nowhere")),
            "The code of SomeFunction is not there",
        ),
    ],
)
def test_a_template_that_cannot_be_served(tmp_path: Path, template: str, sentence: str) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(template)
    done = run("start", "--template", str(path), "--port", str(free_ports(4)))
    assert sentence in done.stderr
    assert done.stderr.startswith("local_lambda: ")
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(".\n")
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["start", "--template", "nowhere.yaml"], "There is no template at"),
        (["start", "--template", "."], "There is no template at"),
        (["start", "--port", "0"], "--port must be from 1 to 65527"),
        (["start", "--port", "65530"], "--port must be from 1 to 65527"),
        (["start", "--port", "many"], "invalid int value: 'many'"),
        (["start", "--prot", "3000"], "unrecognized arguments: --prot 3000"),
        (["begin"], "invalid choice: 'begin'"),
        ([], "required"),
    ],
)
def test_a_bad_option(arguments: list[str], sentence: str) -> None:
    if "--template" not in arguments and "--port" in arguments:
        arguments = [*arguments, "--template", str(TEMPLATE)]
    done = run(*arguments)
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.returncode == 2


@pytest.mark.parametrize("offset", [0, 1, 3])
def test_a_port_that_is_taken(offset: int) -> None:
    port = free_ports(12)
    with socket.create_server(("127.0.0.1", port + offset)):
        done = run("start", "--template", str(TEMPLATE), "--port", str(port))
    assert done.stderr == f"local_lambda: Port {port + offset} is taken: choose another with --port.\n"
    assert done.returncode == 2


def test_a_library_s_traceback_is_not_shown(tmp_path: Path) -> None:
    """SAM's translator logs one for this."""
    (tmp_path / "template.yaml").write_text("Resources:\n  Fn::ForEach::Each: [X, [a], {}]\n")
    done = run("start", "-t", str(tmp_path / "template.yaml"))
    assert done.returncode == 2
    assert done.stderr.startswith("local_lambda: SAM CLI cannot read ")
    assert done.stderr.count("\n") == 1


def test_a_parameter_without_a_value_is_named(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 'ran'\n")
    (tmp_path / "template.yaml").write_text(
        "Parameters:\n  Auth: {Type: String}\n  Other: {Type: String}\n"
        + function("Runtime: python3.11\n" + URL.replace("NONE", "!Ref Auth"))
    )
    start = ("start", "-t", str(tmp_path / "template.yaml"), "--port", str(free_ports(3)))
    no_value = "The parameter Auth has no value: give it one with --parameter-overrides Auth=VALUE"
    assert run(*start).stderr.endswith(f"template.yaml cannot be served. {no_value}.\n")
    with LocalLambda(tmp_path / "template.yaml", "--parameter-overrides", "Auth=NONE", "Ohter=x") as running:
        notes = [line for line in running.output.splitlines() if line.startswith("Note: ")]
        assert request(running.urls["SomeFunction"]).body == b"ran"
    assert no_value.replace("Auth", "Other") in notes[0]
    assert "Ohter of --parameter-overrides is not a parameter of the template: it has Auth, Other" in notes[1]


def test_what_was_never_built_is_said(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 'ran'\n")
    (tmp_path / "requirements.txt").write_text("requests\n")
    (tmp_path / "template.yaml").write_text(function("Runtime: python3.11\n" + URL))
    with LocalLambda(tmp_path / "template.yaml") as running:
        assert "SomeFunction has never been built, and needs it" in running.output
        assert "requirements.txt): run `sam build`, or start with --build" in running.output


def test_help() -> None:
    done = run("start", "--help")
    assert done.returncode == 0
    assert "--port" in done.stdout
    assert "(default: 3000)" in done.stdout
    assert "python -m local_lambda start -t other/template.yaml --port 4000" in done.stdout
    assert run("start", "--version").stdout == f"local_lambda {__version__}\n"


def test_a_reader_of_the_help_may_leave() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "local_lambda", "start", "--help"],
        cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, timeout=90, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_built_template_is_served_when_it_is_of_the_same_functions(tmp_path: Path) -> None:
    source, built = tmp_path / "template.yaml", tmp_path / ".aws-sam" / "build" / "template.yaml"
    (built.parent / "SomeFunction").mkdir(parents=True)
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 'source'\n")
    (built.parent / "SomeFunction" / "app.py").write_text(
        "def handler(event, context):\n    return 'built'\n"
    )
    source.write_text(function("Runtime: python3.11\n" + URL))
    built.write_text(function("Runtime: python3.11\n" + URL.replace("CodeUri: .", "CodeUri: SomeFunction")))
    with LocalLambda(source, ports=4) as running:
        assert f"Serving {built}" in running.output
        assert "newer than the build" not in running.output
        assert request(running.urls["SomeFunction"]).body == b"built"
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 'newer'\n")
    with LocalLambda(source, ports=4) as running:
        assert "app.py is newer than the build: run `sam build`" in running.output
    built.write_text(built.read_text().replace("SomeFunction:", "OtherFunction:"))
    with LocalLambda(source, ports=4) as running:
        assert "declares other functions" in running.output
        assert request(running.urls["SomeFunction"]).body == b"newer"


def test_a_layer_and_its_wrapper(tmp_path: Path) -> None:
    """Two layers merged, a wrapper that hands over to the managed loop, and a version that is not ours."""
    for name, text in (("one", "value = 'one'"), ("two", "value = 'two'")):
        (tmp_path / name / "python" / "shared").mkdir(parents=True)
        (tmp_path / name / "python" / "shared" / "__init__.py").write_text("")
        (tmp_path / name / "python" / "shared" / f"{name}.py").write_text(text)
        (tmp_path / name / "python" / "both.py").write_text(text)
    wrapper = tmp_path / "one" / "wrapper"
    wrapper.write_text('#!/bin/sh\nexport WRAPPED="$# $0 $(basename "$2")"\nexec "$@"\n')
    wrapper.chmod(0o755)
    (tmp_path / "app.py").write_text(
        "import os, both, shared.one, shared.two\n"
        "def handler(event, context):\n"
        "    return [both.value, shared.one.value, shared.two.value, os.environ['WRAPPED']]\n"
    )
    layers = "".join(
        f"  {name.title()}Layer:\n    Type: AWS::Serverless::LayerVersion\n    Properties:\n"
        f"      ContentUri: {name}\n"
        for name in ("one", "two")
    )
    properties = "Runtime: python3.11\nLayers: [!Ref OneLayer, !Ref TwoLayer]\n" + URL
    properties += "Environment:\n  Variables:\n    AWS_LAMBDA_EXEC_WRAPPER: /opt/wrapper\n"
    template = tmp_path / "template.yaml"
    template.write_text(function(properties) + layers)
    with LocalLambda(template, ports=4) as running:
        answer = request(running.urls["SomeFunction"])
        assert answer.status == 200, running.output
        both, one, two, wrapped = answer.json
    assert (both, one, two) == ("two", "one", "two")
    count, path, script = wrapped.split()
    assert (count, Path(path).name, script) == ("2", "wrapper", "bootstrap.py")
    assert not list(tmp_path.rglob("__pycache__"))
    wrapper.chmod(0o644)
    with LocalLambda(template, ports=4) as running:
        assert request(running.urls["SomeFunction"]).status == 502
        running.wait_for("SomeFunction | /opt/wrapper: is not an executable")
        running.wait_for("exit status 126")


def test_another_python_is_named(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 'ran'\n")
    template = tmp_path / "template.yaml"
    template.write_text(function("Runtime: python3.9\n" + URL))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    with LocalLambda(template, ports=4) as running:
        assert f"SomeFunction declares python3.9; running it on Python {version}" in running.output
        assert request(running.urls["SomeFunction"]).body == b"ran"


def test_an_os_only_runtime_without_an_executable(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(function("Runtime: provided.al2023\n" + URL))
    with LocalLambda(template, ports=4) as running:
        assert request(running.urls["SomeFunction"]).status == 502
        running.wait_for("Runtime.InvalidEntrypoint")
        (tmp_path / "bootstrap").write_text("#!/bin/sh\nexit 7\n")
        (tmp_path / "bootstrap").chmod(0o755)
    with LocalLambda(template, ports=4) as running:
        assert request(running.urls["SomeFunction"]).status == 502
        running.wait_for("Runtime exited with error: exit status 7")


BARE = "Runtime: {}\nHandler: app.handler\nCodeUri: {}\n"


def test_a_function_without_a_url_is_served_by_the_api(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 'ran'\n")
    template = tmp_path / "template.yaml"
    others = function(BARE.format("java21", ".")) + function(BARE.format("python3.11", "nowhere"))
    others = (
        others.replace("Resources:\n", "").replace("SomeFunction", "Java", 1).replace("SomeFunction", "Gone")
    )
    template.write_text(function(BARE.format("python3.11", ".")) + others)
    with LocalLambda(template, ports=1) as running:
        assert "Note: Java is left out. Java declares the runtime java21" in running.output
        assert "Note: Gone is left out. The code of Gone is not there" in running.output
        path = "/2015-03-31/functions/SomeFunction/{}"
        endpoint = f"http://127.0.0.1:{running.port}"
        (row,) = (line for line in running.output.splitlines() if "no URL" in line)
        name, command = row.split("  no URL  ")
        called = subprocess.run(
            ["/bin/sh", "-c", f"{command} -s"], capture_output=True, timeout=30, check=True
        )
        assert (name, called.stdout) == ("SomeFunction", b'"ran"')
        assert request(endpoint, path.format("invocations"), "POST", b"{}").body == b'"ran"'
        for missing in ("/2021-10-31/functions/SomeFunction/url", "/2015-03-31/functions/Java"):
            answer = request(endpoint, missing)
            assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (404, "ResourceNotFoundException")


def test_a_log_for_machines(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    print('here')\n")
    template = tmp_path / "template.yaml"
    template.write_text(function("Runtime: python3.11\n" + URL))
    with LocalLambda(template, "--log-format", "json", ports=2) as running:
        lines = [json.loads(line) for line in running.output.splitlines()]
        assert {line["type"] for line in lines} == {"local_lambda"}
        assert all(line["time"].endswith("Z") for line in lines)
        (url,) = (line["url"] for line in lines if line.get("function") == "SomeFunction")
        request_id = request(url).headers["x-amzn-RequestId"]
        running.wait_for("platform.report")
        later = [json.loads(line) for line in running.output.splitlines()][len(lines) :]
    assert [line["type"] for line in later] == ["platform.start", "function", "platform.report"]
    assert {(line["function"], line["requestId"]) for line in later} == {("SomeFunction", request_id)}
    assert later[1]["message"] == "here"
    assert later[2]["record"]["status"] == "success"


def test_values_of_one_s_own(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import os\ndef handler(event, context):\n    return os.environ['VALUE']\n"
    )
    template = tmp_path / "template.yaml"
    properties = "Runtime: python3.11\n" + URL + "Environment: {Variables: {VALUE: !Ref Value}}\n"
    template.write_text("Parameters: {Value: {Type: String, Default: default}}\n" + function(properties))
    (tmp_path / "samconfig.toml").write_text(
        'version = 0.1\n[default.local_start_api.parameters]\nparameter_overrides = "Value=configured"\n'
    )
    values = tmp_path / "vars.json"
    values.write_text('{"SomeFunction": {"VALUE": "of the file"}}')
    for arguments, body in (
        ([], b"configured"),
        (["--parameter-overrides", "ParameterKey=Value,ParameterValue=given"], b"given"),
        (["--env-vars", str(values)], b"of the file"),
    ):
        with LocalLambda(template, *arguments, ports=2) as running:
            assert request(running.urls["SomeFunction"]).body == body
