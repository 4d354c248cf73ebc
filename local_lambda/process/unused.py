"""Directories that were made for what is no longer served, and can go."""

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path


def remove_unused(directories: Iterable[Path], in_use: Collection[Path]) -> None:
    """Remove the directories but for those that a path in use is within."""
    for directory in directories:
        if not any(path.is_relative_to(directory) for path in in_use):
            shutil.rmtree(directory, ignore_errors=True)
