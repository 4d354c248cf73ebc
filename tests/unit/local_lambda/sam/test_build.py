"""What `sam build` made, kept up with its source."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from local_lambda.model.function import Layer
from local_lambda.sam.build import Artefact, Build
from local_lambda.sam.template import Template
from tests.unit.local_lambda.files import tree, write
from tests.unit.local_lambda.sam.conftest import function


def test_the_source_replaces_its_copy_and_the_dependencies_stay(tmp_path: Path) -> None:
    source = write(tmp_path / "src", {"app.py": "1", "lib/a.py": "1", "lib/gone.py": "1"})
    built = write(
        tmp_path / "built",
        {"app.py": "1", "lib/a.py": "1", "lib/gone.py": "1", "lib/made.py": "m", "dep/d.py": "d"},
    )
    artefact = Artefact(source=source, built=built, below="", copied=True)
    write(source, {"app.py": "2", "new/n.py": "2", "__pycache__/app.pyc": "2", "app.py~": "2"})
    (source / "lib" / "gone.py").unlink()
    artefact.bring_in(tmp_path / "1")
    assert tree(artefact.current) == {
        "app.py": "2",
        "lib/a.py": "1",
        "lib/made.py": "m",
        "new/n.py": "2",
        "dep/d.py": "d",
    }
    assert (artefact.current / "dep").is_symlink()
    assert not (artefact.current / "app.py").is_symlink()  # Node resolves imports from where a file really is
    assert tree(built)["app.py"] == "1"  # what is under way still runs on it
    (source / "new" / "n.py").unlink()
    artefact.bring_in(tmp_path / "2")
    assert "new/n.py" not in tree(tmp_path / "2")
    assert "new/n.py" in tree(tmp_path / "1")


def test_a_template_is_served_with_what_was_built(tmp_path: Path) -> None:
    source = write(tmp_path / "src", {"app.py": "1", "package.json": "1"})
    layer = write(tmp_path / "layer", {"shared.py": "1"})
    built = write(tmp_path / "built", {"app.py": "1"})
    built_layer = write(tmp_path / "built_layer", {"python/shared.py": "1"})
    own = function(source, Layer(layer, "python", "python3.13"))
    made = function(built, Layer(built_layer))
    build = Build(Template(tmp_path / "b", [made], source=Template(tmp_path / "s", [own])), tmp_path / "work")
    assert build.served.functions == [made]
    write(layer, {"shared.py": "2"})
    assert build.bring_in([layer / "shared.py"]) == []
    (served,) = build.served.functions
    assert served.code == built
    assert served.layers[0].below == ""
    assert tree(served.layers[0].path) == {"python/shared.py": "2"}
    advice = build.bring_in([source / "app.py", source / "package.json"])
    assert advice == ["Run `sam build`: package.json changed, the installed dependencies are the old ones"]


@pytest.mark.parametrize("method", ["esbuild", "makefile", "go1.x"])
def test_what_is_no_copy_stays_as_built(tmp_path: Path, method: str) -> None:
    source, built = write(tmp_path / "src", {"app.ts": "1"}), write(tmp_path / "built", {"app.js": "1"})
    template = Template(
        tmp_path / "b",
        [function(built)],
        source=Template(tmp_path / "s", [function(source, method=method)]),
    )
    build = Build(template, tmp_path / "work")
    assert build.bring_in([source / "app.ts"]) == ["Run `sam build`: src is not a plain copy of its source"]
    assert build.served.functions == [function(built)]


def test_only_what_has_changed_is_copied(tmp_path: Path) -> None:
    files = {"app.py": "1", "model.bin": "m" * 1000, "lib/a.py": "1"}
    source, built = write(tmp_path / "src", files), write(tmp_path / "built", files)
    artefact = Artefact(source=source, built=built, below="", copied=True)
    for version in ("1", "2", "3"):
        before = artefact.current
        write(source, {"app.py": version * 2})
        artefact.bring_in(tmp_path / version)
        for name in ("model.bin", "lib/a.py"):
            assert (artefact.current / name).samefile(before / name)
            assert not (artefact.current / name).samefile(source / name), "editors write into a file as well"
        assert not (artefact.current / "app.py").samefile(before / "app.py")
        assert tree(artefact.current) == {**files, "app.py": version * 2}
    (source / "model.bin").chmod(0o700)
    (source / "lib" / "a.py").write_text("2")  # as long as it was
    artefact.bring_in(tmp_path / "4")
    assert (artefact.current / "model.bin").stat().st_mode & 0o777 == 0o700
    assert tree(artefact.current)["lib/a.py"] == "2"
    assert tree(built) == files


def test_links_that_lead_back_are_left_out(tmp_path: Path) -> None:
    source, built = write(tmp_path / "src", {"lib/a.py": "1"}), write(tmp_path / "built", {"lib/a.py": "1"})
    shared = write(tmp_path / "shared", {"s.py": "s"})
    for name, target in (("one", "."), ("two", ".."), ("lib/three", str(source)), ("four", str(shared))):
        (source / name).symlink_to(target)
    artefact = Artefact(source=source, built=built, below="", copied=True)
    artefact.bring_in(tmp_path / "1")
    assert tree(artefact.current) == {"lib/a.py": "1", "four/s.py": "s"}


def test_what_cannot_be_copied_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    source, built = write(tmp_path / "src", {"app.py": "1"}), write(tmp_path / "built", {"app.py": "1"})
    artefact = Artefact(source=source, built=built, below="", copied=True)
    write(source, {"a.py": "2"})
    os.mkfifo(source / "pipe")
    with pytest.raises(OSError, match="pipe"):
        artefact.bring_in(tmp_path / "1")
    assert artefact.current == built
    assert not (tmp_path / "1").exists()
    (source / "pipe").unlink()
    artefact.bring_in(tmp_path / "2")
    assert tree(artefact.current) == {"app.py": "1", "a.py": "2"}
