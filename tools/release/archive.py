"""A ZIP that is the same byte for byte, whenever and wherever it is made."""

from __future__ import annotations

import zipfile
from pathlib import Path

# The earliest that the format can say.
_DATE = (1980, 1, 1, 0, 0, 0)


def write_archive(archive: Path, root: Path) -> None:
    """Pack what is in ``root``, links followed, in the order of names; a file is 755 or 644."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(root).as_posix(), _DATE)
            executable = path.stat().st_mode & 0o100
            entry.external_attr = (0o100755 if executable else 0o100644) << 16
            entry.create_system = 3  # Unix: only then are modes read
            opened.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
