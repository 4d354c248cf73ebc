"""What has to be built, and what it may depend on."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_lambda.sam.manifest import more_than_a_copy, reads_elsewhere, wanted_python


@pytest.mark.parametrize(
    ("requirements", "has_to_be_built", "elsewhere"),
    [
        (None, False, False),
        ("", False, False),
        ("# only a comment\n\n", False, False),
        ("requests==2.32.3\nidna # ../a comment\n", True, False),
        ("pkg @ https://example.com/pkg-1.0-py3-none-any.whl\n", True, False),
        ("-r ../common.txt\n", True, True),
        ("requests\n  --find-links wheels\n", True, True),
        ("./vendored\n", True, True),
        ("vendor/pkg-1.0-py3-none-any.whl\n", True, True),
        ("pkg @ file:///elsewhere/pkg\n", True, True),
    ],
)
def test_python(tmp_path: Path, requirements: str | None, has_to_be_built: bool, elsewhere: bool) -> None:
    if requirements is not None:
        (tmp_path / "requirements.txt").write_text(requirements)
    assert (more_than_a_copy(tmp_path, "python3.13") is not None) == has_to_be_built
    assert reads_elsewhere(tmp_path, "python3.13") == elsewhere
    assert wanted_python(tmp_path, "python3.13") == (None if requirements is None else "3.13")
    assert wanted_python(tmp_path, "nodejs22.x") is None


@pytest.mark.parametrize(
    ("package", "has_to_be_built", "elsewhere"),
    [
        (None, False, False),
        ('{"name": "x"}', False, False),
        ('{"dependencies": {"a": "^1"}}', True, False),
        ('{"dependencies": {"a": "file:../a"}}', True, True),
        ("{", True, False),
    ],
)
def test_node(tmp_path: Path, package: str | None, has_to_be_built: bool, elsewhere: bool) -> None:
    if package is not None:
        (tmp_path / "package.json").write_text(package)
    assert (more_than_a_copy(tmp_path, "nodejs22.x") is not None) == has_to_be_built
    assert reads_elsewhere(tmp_path, "nodejs22.x") == elsewhere


@pytest.mark.parametrize("method", ["makefile", "esbuild", "rust-cargolambda"])
def test_a_build_method_may_read_anything(tmp_path: Path, method: str) -> None:
    assert more_than_a_copy(tmp_path, method) == method
    assert reads_elsewhere(tmp_path, method)
