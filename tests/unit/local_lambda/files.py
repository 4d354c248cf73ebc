"""Small directories, written and read as a whole."""

from __future__ import annotations

from pathlib import Path


def write(root: Path, files: dict[str, str]) -> Path:
    """Write the files below the directory; return it."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def tree(root: Path) -> dict[str, str]:
    """Return all files below the directory, links followed."""
    return {str(file.relative_to(root)): file.read_text() for file in _walk(root)}


def _walk(root: Path) -> list[Path]:
    return [file for entry in root.iterdir() for file in (_walk(entry) if entry.is_dir() else [entry])]
