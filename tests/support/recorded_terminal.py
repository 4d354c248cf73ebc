"""A terminal whose lines can be read."""

from __future__ import annotations

import tempfile
import weakref

from local_lambda.log.terminal import Terminal


class RecordedTerminal(Terminal):
    """Writes to a file of its own; ``text`` is what it has written until now, all of it once it is closed."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the terminal)
        weakref.finalize(self, self._file.close)
        super().__init__(self._file.fileno(), as_json=as_json)

    @property
    def text(self) -> str:
        self._file.seek(0)
        return self._file.read().decode()
