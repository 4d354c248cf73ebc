"""The compiled layer: what `sam deploy` would zip is the sources, and code that is compiled from them."""

from __future__ import annotations

import marshal
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from samcli.lib.package.utils import make_zip

import compile_package
from tests.support.interpreters import interpreters
from tests.support.runtime_process import LAYER, ROOT
from tools.compile_layer import Project, bring_up_to_date, main

MODULES = sorted(path.name for path in (LAYER / "lambda_streaming").glob("*.py"))
FILES = {
    "streaming-bootstrap",
    "lambda_streaming/py.typed",
    *(f"lambda_streaming/{name}" for name in MODULES),
}
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
TAG = f"cpython-{VERSION.replace('.', '')}"

# Run by the Python that the code is for. Code objects are compared: the same may be written in other bytes.
COMPARE = """
import marshal, pathlib, sys
package, tag = pathlib.Path(sys.argv[1]), sys.implementation.cache_tag
def same(one, other):
    return (one == other and one.co_filename == other.co_filename and one.co_linetable == other.co_linetable
            and one.co_exceptiontable == other.co_exceptiontable and one.co_qualname == other.co_qualname
            and all(same(a, b) for a, b in zip(one.co_consts, other.co_consts) if hasattr(a, "co_code")))
for source in sorted(package.glob("*.py")):
    if source.name != "__main__.py":
        shipped = (package / "__pycache__" / f"{source.stem}.{tag}.pyc").read_bytes()[16:]
        name = f"/opt/python/lambda_streaming/{source.name}"
        fresh = compile(source.read_bytes(), name, "exec", dont_inherit=True, optimize=0)
        print(source.name, same(marshal.loads(shipped), fresh))
"""


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer of this project as sam zips it, unpacked as on Lambda."""
    bring_up_to_date(ROOT)
    directory = tmp_path_factory.mktemp("opt")
    archive = make_zip(str(directory / "layer"), str(ROOT / "layers" / "opt"))
    with zipfile.ZipFile(archive) as layer:
        layer.extractall(directory)
        for entry in layer.infolist():
            (directory / entry.filename).chmod(entry.external_attr >> 16)
    Path(archive).unlink()
    return directory


def copy(directory: Path) -> Path:
    """A project with the layer's sources, for this Python alone, and nothing compiled."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "layers", directory / "layers", symlinks=True, ignore=ignore)
    template = f"Runtime: python{VERSION}\nCompatibleRuntimes: [python{VERSION}]\n"
    (directory / "template.yaml").write_text(template)
    return directory


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy(tmp_path)


def shipped(project: Path) -> dict[str, bytes]:
    root = project / "layers" / "opt" / "python"
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def test_the_links_are_the_sources() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("needs the project's git repository")
    command = ["git", "-C", str(ROOT), "ls-files", "-s", "layers/opt"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    links = {line.split("\t")[1]: line[:6] for line in listed}
    assert links == {f"layers/opt/python/{name}": "120000" for name in FILES}, "./scripts/setup makes them"
    for name in FILES:
        assert (ROOT / "layers" / "opt" / "python" / name).samefile(LAYER / name)


def test_what_is_zipped_is_the_layer_and_nothing_else(zipped: Path) -> None:
    versions = [version for version in interpreters() if version in Project(ROOT).declared]
    files = {str(path.relative_to(zipped)) for path in zipped.rglob("*") if path.is_file()}
    tags = {path.split(".")[-2] for path in files if path.endswith(".pyc")}
    assert tags >= {f"cpython-{version.replace('.', '')}" for version in versions}
    compiled = {
        f"python/lambda_streaming/__pycache__/{Path(name).stem}.{tag}.pyc"
        for name in MODULES
        for tag in tags
        if name != "__main__.py"
    }
    assert files == {f"python/{name}" for name in FILES} | compiled
    for path in zipped.rglob("*.pyc"):
        assert path.stat().st_mode & 0o777 == 0o644
        assert path.read_bytes()[4:8] == b"\3\0\0\0"  # the hash of the source, to be checked
    assert os.access(zipped / "python" / "streaming-bootstrap", os.X_OK)


def test_what_is_zipped_is_compiled_from_the_sources(zipped: Path, interpreter: str) -> None:
    package = zipped / "python" / "lambda_streaming"
    command = [interpreter, "-I", "-S", "-c", COMPARE, str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:-1] == [f"{name} True" for name in MODULES if name != "__main__.py"]


def test_python_uses_it(zipped: Path, interpreter: str) -> None:
    command = [interpreter, "-v", "-c", "import lambda_streaming._main"]
    environment = {"PYTHONPATH": str(zipped / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    package = f"{zipped}/python/lambda_streaming"
    assert f"matches {package}/_main.py" in done.stderr
    assert re.search(rf"code object from '{re.escape(package)}/\w+\.py'", done.stderr) is None


def test_two_runs_make_the_same_bytes(tmp_path: Path) -> None:
    one, other = copy(tmp_path / "one"), copy(tmp_path / "other")
    bring_up_to_date(one)
    with (other / "layers" / "streaming" / "lambda_streaming" / "_chunked.py").open("a") as source:
        source.write("LATER = 1\n")
    bring_up_to_date(other)
    shutil.copy(LAYER / "lambda_streaming" / "_chunked.py", other / "layers/streaming/lambda_streaming")
    bring_up_to_date(other)
    assert shipped(one) == shipped(other)


def test_what_is_current_is_left_alone(project: Path) -> None:
    bring_up_to_date(project)
    files = list((project / "layers" / "opt").rglob("*"))
    before = {path: (path.lstat().st_mtime_ns, path.lstat().st_ino) for path in files}
    bring_up_to_date(project)
    assert {path: (path.lstat().st_mtime_ns, path.lstat().st_ino) for path in files} == before


def test_whoever_imports_the_sources_changes_nothing_that_is_zipped(project: Path, interpreter: str) -> None:
    bring_up_to_date(project)
    before = shipped(project)
    sources = project / "layers" / "streaming"
    for options in ([], ["-O"]):
        command = [interpreter, *options, "-c", "import lambda_streaming.asgi, lambda_streaming._main"]
        subprocess.run(command, env={"PYTHONPATH": str(sources)}, check=True)
    assert list(sources.rglob("*.pyc"))  # it did write, but elsewhere
    subprocess.run([interpreter, "-m", "compileall", "-q", sources], check=True)
    assert shipped(project) == before


def test_an_edit_is_seen_at_once_and_compiled_by_the_next_run(project: Path) -> None:
    bring_up_to_date(project)
    edited = project / "layers" / "streaming" / "lambda_streaming" / "_chunked.py"
    status = edited.stat()
    edited.write_text(edited.read_text() + "EDITED = 'yes'\n")
    os.utime(edited, ns=(status.st_atime_ns, status.st_mtime_ns))
    sources, opt = project / "layers" / "streaming", project / "layers" / "opt" / "python"
    environment = {"PYTHONPATH": str(opt), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", "from lambda_streaming._chunked import EDITED; print(EDITED)"]
    assert subprocess.check_output(command, env=environment, text=True) == "yes\n"
    compiled = opt / "lambda_streaming" / "__pycache__" / f"_chunked.{TAG}.pyc"
    stale = compiled.read_bytes()
    bring_up_to_date(project)
    assert compiled.read_bytes() != stale
    assert marshal.loads(compiled.read_bytes()[16:]) == compile(
        edited.read_bytes(), str(sources), "exec", dont_inherit=True
    )


def test_whatever_else_is_there_goes(project: Path) -> None:
    bring_up_to_date(project)
    package = project / "layers" / "opt" / "python" / "lambda_streaming"
    before = shipped(project)
    by_date = package / "__pycache__" / f"_chunked.{TAG}.pyc"
    subprocess.run([sys.executable, "-m", "compileall", "-q", "-f", package], check=True)
    assert by_date.read_bytes()[4:8] == bytes(4)
    (package / "__pycache__" / "_gone.cpython-39.pyc").write_bytes(b"old")
    (package / "left.txt").write_text("left")
    (package / "_chunked.py").unlink()
    (package / "_chunked.py").write_text("../../../streaming/lambda_streaming/_chunked.py")  # by an unzip
    bring_up_to_date(project)
    assert shipped(project) == before


def test_a_module_comes_and_goes(project: Path) -> None:
    sources = project / "layers" / "streaming" / "lambda_streaming"
    (sources / "_new.py").write_text("NEW = 1\n")
    bring_up_to_date(project)
    names = shipped(project)
    assert {"lambda_streaming/_new.py", f"lambda_streaming/__pycache__/_new.{TAG}.pyc"} <= names.keys()
    (sources / "_new.py").unlink()
    bring_up_to_date(project)
    assert not [name for name in shipped(project) if "_new" in name]


def test_without_the_python_of_the_template_it_says_so_in_one_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_up_to_date(project)
    assert main([str(project)]) == 0
    assert capsys.readouterr().err == ""
    (project / "layers" / "streaming" / "lambda_streaming" / "_chunked.py").write_text("# another\n")
    monkeypatch.setattr(compile_package, "pythons", lambda version: iter([Path("/nowhere/python")]))
    assert main([str(project)]) == 0
    note = capsys.readouterr().err
    assert note.startswith(f"Note: no Python {VERSION} here")
    assert note.count("\n") == 1
    assert not [name for name in shipped(project) if name.endswith(".pyc")]
    assert shipped(project).keys() == FILES


def test_another_python_under_the_name_is_not_taken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impostor = tmp_path / "bin" / "python3.99"
    impostor.parent.mkdir()
    impostor.symlink_to(sys.executable)
    (project / "template.yaml").write_text("Runtime: python3.99\nCompatibleRuntimes: [python3.99]\n")
    monkeypatch.setattr(compile_package, "pythons", lambda version: iter([impostor]))
    assert bring_up_to_date(project) == ["3.99"]
    assert shipped(project).keys() == FILES


def test_a_syntax_error_is_shown_and_ends_it(project: Path) -> None:
    (project / "layers" / "streaming" / "lambda_streaming" / "_chunked.py").write_text("def broken(:\n")
    with pytest.raises(SystemExit, match="SyntaxError"):
        bring_up_to_date(project)
