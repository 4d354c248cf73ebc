"""Ctrl-C and its like, held back while a process is being started, which would be forgotten and live on."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Once armed, the first of the signals raises SystemExit; the others do not disturb the tidying up."""

    def __init__(self) -> None:
        self._held = False
        self._arrived = 0

    def arm(self) -> None:
        """Take over the signals of this process."""
        for number in _SIGNALS:
            signal.signal(number, self._arrive)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let a signal that arrives meanwhile raise only at the end."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._arrived:
            self._stop()

    def _arrive(self, number: int, _frame: FrameType | None) -> None:
        self._arrived = number
        for each in _SIGNALS:
            signal.signal(each, _nothing)  # not SIG_IGN, which a process just started would inherit
        if not self._held:
            self._stop()

    def _stop(self) -> None:
        raise SystemExit(128 + self._arrived)


def _nothing(number: int, frame: FrameType | None) -> None:
    pass


interruption = Interruption()
