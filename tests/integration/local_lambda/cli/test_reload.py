"""Hot reload: what is saved is what the next request runs."""

from __future__ import annotations

import socket
import time
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.url_client import open_request, request
from tools.local_lambda_process import LocalLambda

FUNCTION = """
  {}:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: {}
      Handler: app.handler
      CodeUri: {}
      Timeout: {}
      FunctionUrlConfig: {{AuthType: NONE, InvokeMode: RESPONSE_STREAM}}
"""
# A custom runtime that writes the head of an answer, then waits for a file before it writes the rest.
GATED = """#!/usr/bin/env python3
import http.client, os, sys, time
VERSION = "{}"
gate = os.path.join({!r}, "gate")
while True:
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    head = api.getresponse()
    event, request_id = head.read(), head.headers["Lambda-Runtime-Aws-Request-Id"]
    def body():
        yield f"{{VERSION}} begins ".encode()
        while b"/wait" in event and not os.path.exists(gate):
            time.sleep(0.01)
        yield f"{{VERSION}} ends".encode()
    headers = {{"Lambda-Runtime-Function-Response-Mode": "streaming", "Transfer-Encoding": "chunked",
               "Content-Type": "text/plain"}}
    path = f"/2018-06-01/runtime/invocation/{{request_id}}/response"
    api.request("POST", path, body(), headers, encode_chunked=True)
    api.getresponse().read()
    api.close()
"""


def handler(value: str) -> str:
    return f"def handler(event, context):\n    return {value!r}\n"


def template(*functions: str) -> str:
    return "Resources:" + "".join(functions)


def some(name: str = "SomeFunction", code: str = "src", timeout: int = 30) -> str:
    return FUNCTION.format(name, "python3.11", code, timeout)


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root / "template.yaml"


def body(running: LocalLambda, name: str = "SomeFunction") -> bytes:
    return request(running.urls[name]).body


def test_a_saved_file(tmp_path: Path) -> None:
    path = write(
        tmp_path, {"template.yaml": template(some()), "src/app.py": handler("one"), "src/notes.txt": ""}
    )
    with LocalLambda(path, ports=4) as running:
        assert body(running) == b'"one"'
        (tmp_path / "src" / "app.py").write_text(handler("two"))
        running.wait_for("Reloaded SomeFunction: app.py changed")
        assert body(running) == b'"two"'
        temporary = tmp_path / "src" / "app.py.tmp"  # as editors save
        temporary.write_text("from other import handler\n")
        (tmp_path / "src" / "other.py").write_text(handler("three"))
        temporary.replace(tmp_path / "src" / "app.py")
        running.wait_for("app.py and 1 more changed")
        assert body(running) == b'"three"'


def test_a_layer_of_links_to_its_sources(tmp_path: Path) -> None:
    """As this project's own, which sam zips from where it stands."""
    layer = "  SomeLayer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers/opt}}\n"
    function = some().replace("      Handler", "      Layers: [!Ref SomeLayer]\n      Handler")
    source = "from shared import VALUE\ndef handler(event, context):\n    return VALUE\n"
    path = write(
        tmp_path,
        {
            "template.yaml": template(function, layer),
            "src/app.py": source,
            "layers/sources/shared/__init__.py": "VALUE = 'one'\n",
        },
    )
    link = tmp_path / "layers" / "opt" / "python" / "shared" / "__init__.py"
    link.parent.mkdir(parents=True)
    link.symlink_to("../../../sources/shared/__init__.py")
    with LocalLambda(path, ports=4) as running:
        assert body(running) == b'"one"'
        (tmp_path / "layers" / "sources" / "shared" / "__init__.py").write_text("VALUE = 'two'\n")
        running.wait_for("Reloaded SomeFunction: __init__.py changed")
        assert body(running) == b'"two"'


def test_a_stream_ends_on_the_code_that_it_began_on(tmp_path: Path) -> None:
    bootstrap = tmp_path / "src" / "bootstrap"
    path = write(
        tmp_path,
        {
            "template.yaml": template(FUNCTION.format("SomeFunction", "provided.al2023", "src", 60)),
            "src/bootstrap": GATED.format("old", str(tmp_path)),
        },
    )
    bootstrap.chmod(0o755)
    with LocalLambda(path, ports=4) as running:
        connection, response = open_request(running.urls["SomeFunction"], "/wait")
        assert response.read1(100) == b"old begins "
        bootstrap.write_text(GATED.format("new", str(tmp_path)))
        running.wait_for("Reloaded SomeFunction")
        assert request(running.urls["SomeFunction"], "/").body == b"new begins new ends"
        (tmp_path / "gate").touch()
        assert response.read() == b"old ends"
        connection.close()
        assert request(running.urls["SomeFunction"], "/").body == b"new begins new ends"


def test_a_saved_template(tmp_path: Path) -> None:
    files = {"src/app.py": handler("one"), "more/app.py": handler("more")}
    path = write(tmp_path, {**files, "template.yaml": template(some(), some("Gone"))})
    with LocalLambda(path, ports=8) as running:
        first, gone = running.urls["SomeFunction"], running.urls["Gone"]
        path.write_text(template(some(timeout=20), some("Added", "more")))
        running.wait_for("Reloaded SomeFunction, Added (added), Gone (removed): template.yaml changed")
        running.wait_for("Added ")
        assert body(running, "Added") == b'"more"'
        assert running.urls["SomeFunction"] == first
        assert body(running) == b'"one"'
        api = f"http://127.0.0.1:{running.port}"
        names = [one["FunctionName"] for one in request(api, "/2015-03-31/functions/").json["Functions"]]
        assert names == ["SomeFunction", "Added"]
        assert urlsplit(running.urls["Added"]).port not in (urlsplit(first).port, urlsplit(gone).port)
        (tmp_path / "more" / "app.py").write_text(handler("watched"))
        running.wait_for("Reloaded Added: app.py changed")
        assert body(running, "Added") == b'"watched"'


def test_a_template_that_cannot_be_served_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, {"template.yaml": template(some()), "src/app.py": handler("one")})
    with LocalLambda(path, ports=4) as running:
        path.write_text("Resources: [")
        running.wait_for("template.yaml is not reloaded, the old one stays: ")
        assert body(running) == b'"one"'
        path.write_text(template(some(code="nowhere")))
        running.wait_for(
            "SomeFunction is not reloaded, the old one stays: The code of SomeFunction is not there"
        )
        assert body(running) == b'"one"'
        path.write_text(template(some(timeout=7)))
        running.wait_for("Reloaded SomeFunction: template.yaml changed")
        assert body(running) == b'"one"'


def test_a_zip_that_comes_with_the_template_goes_and_comes_back(tmp_path: Path) -> None:
    path = write(tmp_path, {"template.yaml": template(some()), "src/app.py": handler("one")})
    archive = tmp_path / "code.zip"

    def zipped(value: str) -> None:
        with zipfile.ZipFile(tmp_path / "new", "w") as file:
            file.writestr("app.py", handler(value))
        (tmp_path / "new").replace(archive)

    with LocalLambda(path, ports=4) as running:
        zipped("two")
        path.write_text(template(some(code="code.zip")))
        running.wait_for("Reloaded SomeFunction: template.yaml changed")
        assert body(running) == b'"two"'
        archive.unlink()
        running.wait_for("is not reloaded, the old one stays: The code of SomeFunction is not there")
        assert body(running) == b'"two"'
        zipped("three")
        running.wait_for("Reloaded SomeFunction: code.zip changed")
        assert body(running) == b'"three"'


def test_the_sources_of_a_build(tmp_path: Path) -> None:
    """A saved source is brought into what was built; a new build replaces all."""
    build = {
        ".aws-sam/build/template.yaml": template(some(code="SomeFunction")),
        ".aws-sam/build/SomeFunction/app.py": handler("one"),
        ".aws-sam/build/SomeFunction/dependency.py": "value = 'installed'\n",
    }
    path = write(tmp_path, {"template.yaml": template(some()), "src/app.py": handler("one"), **build})
    with LocalLambda(path, ports=4) as running:
        assert body(running) == b'"one"'
        (tmp_path / "src" / "app.py").write_text(
            "import dependency\ndef handler(event, context):\n    return dependency.value\n"
        )
        running.wait_for("Reloaded SomeFunction: app.py changed")
        assert body(running) == b'"installed"'
        path.write_text(template(some(timeout=9)))
        running.wait_for("Reloaded SomeFunction: template.yaml changed")
        assert body(running) == b'"installed"'
        write(tmp_path, {**build, ".aws-sam/build/SomeFunction/app.py": handler("built anew")})
        (tmp_path / ".aws-sam" / "build" / "template.yaml").write_text(
            template(some(code="SomeFunction", timeout=9))
        )
        running.wait_for("Reloaded template.yaml: template.yaml changed")
        assert body(running) == b'"built anew"'


def test_a_function_whose_port_is_taken(tmp_path: Path) -> None:
    files = {"src/app.py": handler("one"), "template.yaml": template(some())}
    path = write(tmp_path, files)
    with LocalLambda(path, ports=3) as running:
        with socket.create_server(("127.0.0.1", running.port + 2)):
            path.write_text(template(some(), some("Added")))
            running.wait_for(f"Added would get the next port, {running.port + 2}, which another program has")
            assert request(running.urls["SomeFunction"]).json == "one"
        path.write_text(template(some(), some("Added")) + "\n")
        running.wait_for("Reloaded Added (added)")
        running.wait_for(f"Added  RESPONSE_STREAM  http://127.0.0.1:{running.port + 2}/")


def wait_for_reload(running: LocalLambda, count: int) -> None:
    deadline = time.monotonic() + 60
    while running.output.count("Reloaded SomeFunction: app.py changed") < count:
        assert time.monotonic() < deadline, running.output
        time.sleep(0.02)


def test_the_log_names_the_source(tmp_path: Path) -> None:
    """Of a built function, at first and after a save; a syntax error's place, too."""
    failing = "def handler(event, context):\n    raise ValueError('here')\n"
    files = {
        "src/app.py": failing,
        "template.yaml": template(some()),
        ".aws-sam/build/template.yaml": template(some(code="SomeFunction")),
        ".aws-sam/build/SomeFunction/app.py": failing,
    }
    path, source = write(tmp_path, files), tmp_path / "src" / "app.py"
    with LocalLambda(path, ports=2) as running:
        places = ((None, ", line 2"), ("\n" + failing, ", line 3"), ("\n\n\ndef (\n", " Line 4"))
        for saves, (text, place) in enumerate(places):
            if text is not None:
                source.write_text(text)
                wait_for_reload(running, saves)
            assert request(running.urls["SomeFunction"]).status in (500, 502)
            running.wait_for(f'File "{source}"{place}')
        assert ".aws-sam/build/SomeFunction/" not in running.output
        assert "/reloaded/" not in running.output
