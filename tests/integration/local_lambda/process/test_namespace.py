"""/opt at its path, and read-only code: as root and as an ordinary user, and without where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_lambda.process import namespace, namespace_mounts
from local_lambda.process.namespace import Namespace, NamespaceError
from tests.support.url_client import request
from tests.unit.local_lambda.files import write
from tools.local_lambda_process import LocalLambda

NOBODY = 65534
SYSTEM_PYTHON = "/usr/bin/python3"
# Makes a namespace and runs a shell in it, with the modules beside it and nothing of the project.
SCRIPT = """
import subprocess, sys
from pathlib import Path
from namespace import Namespace
here = Path(__file__).parent
own = Namespace(here / "opt", [here / "code", here / "layer"])
subprocess.run(own.command(["/bin/sh", "-c", sys.argv[1]], here / "code"), check=True)
"""


@pytest.fixture(scope="module")
def available(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        Namespace(tmp_path_factory.mktemp("opt"), [])
    except NamespaceError as error:
        pytest.skip(f"this system gives no mount namespace: {error}")


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory below /tmp that everybody can read, with the modules, a layer and a function."""
    with tempfile.TemporaryDirectory(prefix="namespace-") as name:
        place = write(Path(name), {"layer/python/x.py": "A = 1\n", "code/app.py": "", "script.py": SCRIPT})
        for module in (namespace, namespace_mounts):
            shutil.copy(str(module.__file__), place)
        (place / "opt").mkdir()
        (place / "opt" / "python").symlink_to(place / "layer" / "python")
        subprocess.run(["chmod", "-R", "a+rX", name], check=True)
        yield place


def as_user(place: Path, script: str) -> str:
    """Run a shell script in a namespace as an ordinary user; return what it writes."""
    command = [SYSTEM_PYTHON, str(place / "script.py"), script]
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(place)], check=True)
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    done = subprocess.run(
        command, cwd="/", env={"PATH": os.defpath}, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_an_ordinary_user(available: None, place: Path) -> None:
    machine = {path.name for path in Path("/opt").iterdir()}
    seen = as_user(
        place,
        "pwd; id -u; cat /opt/python/x.py; ls /opt; touch /tmp/new-file && rm /tmp/new-file && echo kept;"
        "for file in new /opt/new /opt/python/new; do touch $file || echo refused; done",
    ).splitlines()
    user = NOBODY if os.geteuid() == 0 else os.geteuid()
    assert seen[:3] == [str(place / "code"), str(user), "A = 1"]
    assert {"python", *machine} <= set(seen)
    assert (seen.count("refused"), seen.count("kept")) == (3, 1)
    assert not (place / "code" / "new").exists()
    assert {path.name for path in Path("/opt").iterdir()} == machine


def test_what_the_machine_has_below_a_layer_s_name(tmp_path: Path) -> None:
    """Single binds, as far down as names are the same."""
    machine = write(tmp_path / "machine", {"python/3.13/bin/python": "", "tool": "the machine's"})
    layer = write(tmp_path / "layer", {"python/x.py": "the layer's", "tool": "the layer's"})
    ours = tmp_path / "opt"
    ours.mkdir()
    for name in ("python", "tool"):
        (ours / name).symlink_to(layer / name)
    bound: list[tuple[str, str]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(namespace_mounts, "_bind", lambda source, target: bound.append((source, target)))
        namespace_mounts._add_the_machine_s(str(machine), str(ours))
    assert bound == [(f"{machine}/python/3.13", f"{ours}/python/3.13")]
    assert (ours / "python" / "x.py").read_text() == (ours / "tool").read_text() == "the layer's"
    assert sorted(path.name for path in (layer / "python").iterdir()) == ["x.py"]


TEMPLATE = """
Resources:
  Content:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layer}
  Python:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: app.handler
      CodeUri: python
      Layers: [!Ref Content]
      Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/wrapper, DATA: /opt/data/text}}
      FunctionUrlConfig: {AuthType: NONE}
  Missing:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: none
      CodeUri: provided
      FunctionUrlConfig: {AuthType: NONE}
"""
HANDLER = """
import errno, os
def handler(event, context):
    try:
        open("new", "w")
    except OSError as error:
        written = errno.errorcode[error.errno]
    else:
        written = "written"
    try:
        text = open("/opt/data/text").read() + open(os.environ["DATA"]).read()
    except OSError as error:
        text = errno.errorcode[error.errno]
    return [os.getcwd() == os.environ["LAMBDA_TASK_ROOT"], written, text, os.environ.get("WRAPPED")]
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "template.yaml": TEMPLATE,
            "python/app.py": HANDLER,
            "provided/bootstrap": "no program",
            "layer/data/text": "content ",
            "layer/wrapper": '#!/bin/sh\nexport WRAPPED=$(/opt/bin/tool)\nexec "$@"\n',
            "layer/bin/tool": "#!/bin/sh\necho by a tool\n",
        },
    )
    for name in ("layer/wrapper", "layer/bin/tool", "provided/bootstrap"):
        (tmp_path / name).chmod(0o755)
    return tmp_path / "template.yaml"


def test_paths_below_opt_in_code_wrapper_and_values(available: None, template: Path) -> None:
    with LocalLambda(template) as running:
        assert request(running.urls["Python"]).json == [
            True,
            "EROFS",
            "content content ",
            "by a tool",
        ], running.output
        assert request(running.urls["Missing"]).status == 502
        running.wait_for("bootstrap: Exec format error")
        (template.parent / "layer" / "data" / "text").write_text("changed ")
        running.wait_for("Reloaded Python")
        assert request(running.urls["Python"]).json[2] == "changed changed "
        assert "mount namespace" not in running.output


def test_where_there_is_none_it_is_said(template: Path) -> None:
    with LocalLambda(template, environ={"PATH": str(template.parent)}) as running:
        assert "Note: layers are found through PATH" in running.output
        assert "no mount namespace (there is no nsenter, of util-linux, on PATH)" in running.output
        assert request(running.urls["Python"]).json == [True, "written", "ENOENT", ""], running.output
        running.wait_for("/opt/bin/tool: not found")
