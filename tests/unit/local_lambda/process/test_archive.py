"""A .zip as code: modes, links, and nothing outside."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from local_lambda.model.function import ConfigurationError
from local_lambda.process.archive import unpack


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def test_modes_links_and_folders(tmp_path: Path) -> None:
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(entry("bin/bootstrap", stat.S_IFREG | 0o755), "#!/bin/sh\n")
        file.writestr(entry("app.py", stat.S_IFREG | 0o444), "text")
        file.writestr(entry("link", stat.S_IFLNK | 0o777), "app.py")
        file.writestr(entry("../outside", stat.S_IFLNK | 0o777), "app.py")
        file.writestr("../escape.py", "no")
    place = unpack(archive, tmp_path / "made" / "1")
    assert (place / "bin" / "bootstrap").stat().st_mode & 0o777 == 0o755
    assert (place / "app.py").stat().st_mode & 0o111 == 0
    assert (place / "link").read_text() == "text"
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["1"]


def test_what_is_no_zip(tmp_path: Path) -> None:
    (tmp_path / "code.zip").write_text("no zip")
    with pytest.raises(ConfigurationError, match=r"code\.zip cannot be unpacked as a \.zip: File is"):
        unpack(tmp_path / "code.zip", tmp_path / "made")


def test_a_file_alone(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("code")
    place = unpack(tmp_path / "app.py", tmp_path / "made")
    assert [(path.name, path.read_text()) for path in place.iterdir()] == [("app.py", "code")]
