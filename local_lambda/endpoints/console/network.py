"""A slow network between the function and its caller.

The response is held back here and not in the page, where a browser would have read megabytes ahead: the
function's own writes wait, as they do for a slow client.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """Bytes a second, and seconds until the first of them, as Chromium's developer tools have them."""

    rate: int
    latency: float

    @property
    def piece(self) -> int:
        """How many bytes travel together: a twentieth of a second's."""
        return self.rate // 20


NETWORKS = {"fast": Network(180_000, 0.5625), "slow": Network(50_000, 2.0)}


class Pace:
    """When the next bytes may go; all times are seconds of one clock."""

    def __init__(self, network: Network, now: float) -> None:
        self._rate = network.rate
        self._free = now

    def take(self, size: int, now: float) -> float:
        """Send ``size`` bytes; returns how long they are on their way."""
        self._free = max(self._free, now) + size / self._rate
        return self._free - now
