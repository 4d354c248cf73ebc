"""Which files are sources, and whose."""

from __future__ import annotations

from pathlib import Path

from local_lambda.model.function import Layer
from local_lambda.sam.source_files import affected, is_source
from tests.unit.local_lambda.sam.conftest import function


def test_sources() -> None:
    code, layer = Path("/p/.venv/code"), Path("/p/layer")
    for name in ("app.py", "a/b.txt", ".env"):
        assert is_source(code / name, [code])
    for name in (
        "__pycache__/app.py",
        "app.pyc",
        ".app.py.swp",
        "app.py~",
        ".git/index",
        "node_modules/x.js",
    ):
        assert not is_source(code / name, [code])
    one, two = function(code, Layer(layer), name="One"), function(Path("/p/other"), Layer(layer), name="Two")
    assert affected([one, two], [code / "app.py"]) == ["One"]
    assert affected([one, two], [layer / "x.py"]) == ["One", "Two"]
    assert affected([one, two], [Path("/p/template.yaml")]) == []


def test_what_a_layer_links_to_is_its_source(tmp_path: Path) -> None:
    package, elsewhere = tmp_path / "layers" / "sources" / "package", tmp_path / "elsewhere"
    layer = tmp_path / "layers" / "opt"
    for directory in (package, elsewhere, layer / "python"):
        directory.mkdir(parents=True)
    (layer / "python" / "linked.py").symlink_to("../../sources/package/linked.py")
    (layer / "python" / "far.so").symlink_to(elsewhere / "far.so")  # /usr/lib, say: not to be watched
    one = function(tmp_path / "code", Layer(layer), name="One")
    assert affected([one], [package / "linked.py"]) == ["One"]
    assert affected([one], [elsewhere / "far.so"]) == []
    built = function(tmp_path / "code", Layer(layer, build_method="python3.13"), name="Built")
    assert affected([built], [package / "linked.py"]) == []
