"""A streamed response on its way from the runtime to the caller: at Lambda's rate, and up to its limit.

The rate is from the source of the Runtime Interface Emulator (internal/lambda/core/bandwidthlimiter and
interop/model.go): a bucket of 6 MiB, full at first, gets 256 KiB every 125 ms, and each write waits until all
of it is there. The documentation's "first 6 MB uncapped, then 2 MBps" is what a fast stream sees of that:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
"""

import asyncio

from local_lambda.http.exchange import Exchange
from local_lambda.model.limits import Limits
from local_lambda.platform.invocation import ResponseReceiver

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
        """Take ``size`` bytes, no more than the bucket holds; return how many seconds they have to wait."""
        self._refill(int((now - self._started) / INTERVAL))
        self._tokens -= size
        if self._tokens >= 0:
            return 0.0
        # These refills cover the debt. They count as used, so that the next bytes wait for later ones.
        self._refill(self._refills - self._tokens // REFILL)
        return max(0.0, self._started + self._refills * INTERVAL - now)

    def _refill(self, refills: int) -> None:
        if refills > self._refills:
            self._tokens = min(CAPACITY, self._tokens + (refills - self._refills) * REFILL)
            self._refills = refills


async def copy_limited(exchange: Exchange, receiver: ResponseReceiver, limits: Limits) -> bool:
    """Stream to the end, or to the limit; return whether there was more."""
    loop = asyncio.get_running_loop()
    bandwidth, left = Bandwidth(loop.time()), limits.streamed
    while data := await exchange.read():
        size = PIECE if limits.on else len(data)
        for at in range(0, min(len(data), left), size):
            piece = data[at : min(at + size, left)]
            if limits.on and (delay := bandwidth.take(len(piece), loop.time())):
                await asyncio.sleep(delay)
            await receiver.write(piece)
        left -= len(data)
        if left < 0:
            return True
    return False
