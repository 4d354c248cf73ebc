"""A function's own names for its files: its log names the source where the process runs a copy of it."""

import re
from collections.abc import Sequence
from pathlib import Path


class SourceNames:
    """Puts the source's path in the place of its copy's, wherever a line has one."""

    def __init__(self, copies: Sequence[tuple[Path, Path]]) -> None:
        self._sources = {str(copy): source for source, copy in copies}
        copied = "|".join(map(re.escape, sorted(self._sources, key=len, reverse=True)))
        # Up to what ends a path in a traceback, in a log line or in JSON.
        self._path = re.compile(rf"({copied})/([^\"'\\:,()\r\n]+)") if copies else None

    def in_line(self, line: str) -> str:
        """Return the line with its paths named so."""
        return line if self._path is None else self._path.sub(self._named, line)

    def _named(self, path: re.Match[str]) -> str:
        source, below = self._sources[path[1]], path[2]
        word, space, rest = below.partition(" ")
        if (source / below).is_file():
            return str(source / below)
        # What is installed beside the copy has no source.
        return f"{source / word}{space}{rest}" if (source / word).is_file() else path[0]
