"""How long an execution environment stays when nothing is to be done.

AWS does not say how long that is there. Here it is a trade: the next request need not wait for an Init, and a
burst of requests does not leave its processes behind for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """In seconds; ``last`` is for the one that was used last, ``spare`` for those beside it."""

    spare: float = 30.0
    last: float = 15 * 60.0

    def overdue(self, idle_since: Sequence[float], now: float) -> int:
        """Return how many have been idle for too long, of environments idle since these times, in order."""
        count = sum(now - since >= self.spare for since in idle_since[:-1])
        return count + sum(now - since >= self.last for since in idle_since[-1:])

    def look_again(self, idle_since: Sequence[float]) -> float | None:
        """Return when the next one is overdue; None where none is idle."""
        if not idle_since:
            return None
        return idle_since[0] + (self.spare if len(idle_since) > 1 else self.last)


PATIENCE = Patience()
