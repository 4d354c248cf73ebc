"""A ZIP that is the same byte for byte, whenever and wherever it is made."""

from __future__ import annotations

import zipfile
from pathlib import Path

# The earliest that the format can say.
_DATE = (1980, 1, 1, 0, 0, 0)


def write_archive(archive: Path, root: Path, folder: str = "") -> None:
    """Pack what is in ``root``, links followed, in the order of names; a file is 755 or 644.

    With a ``folder`` ("starter/") all of it is in that, which comes first: cookiecutter looks for it there.
    """
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        if folder:
            opened.writestr(_entry(folder, 0o40755), b"")
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            mode = 0o100755 if path.stat().st_mode & 0o100 else 0o100644
            name = folder + path.relative_to(root).as_posix()
            opened.writestr(_entry(name, mode), path.read_bytes(), zipfile.ZIP_DEFLATED)


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.external_attr = mode << 16
    entry.create_system = 3  # Unix: only then are modes read
    return entry
