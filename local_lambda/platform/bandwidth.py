"""How fast a response streams: at once as long as the bucket lasts, then at the rate at which it refills.

The source of the Runtime Interface Emulator (internal/lambda/core/bandwidthlimiter and interop/model.go): a
bucket of 6 MiB, full at first, gets 256 KiB every 125 ms, and each write waits until all of it is there. The
documentation's "first 6 MB uncapped, then 2 MBps" is what a fast stream sees of that:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
"""

CAPACITY = 6 * 1024 * 1024
REFILL = 256 * 1024
INTERVAL = 0.125
# The platform copies in pieces of this size.
PIECE = 32 * 1024


class Bandwidth:
    """The bucket of one response; all times are seconds of one clock."""

    def __init__(self, now: float) -> None:
        self._started = now
        self._refills = 0
        self._tokens = CAPACITY

    def take(self, size: int, now: float) -> float:
        """Take ``size`` bytes, no more than the bucket holds; returns how long they have to wait."""
        self._refill(int((now - self._started) / INTERVAL))
        self._tokens -= size
        if self._tokens >= 0:
            return 0.0
        # What is owed comes with these refills; counted already, so that the next bytes wait for later ones.
        self._refill(self._refills - self._tokens // REFILL)
        return max(0.0, self._started + self._refills * INTERVAL - now)

    def _refill(self, refills: int) -> None:
        if refills > self._refills:
            self._tokens = min(CAPACITY, self._tokens + (refills - self._refills) * REFILL)
            self._refills = refills
