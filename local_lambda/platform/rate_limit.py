"""A streamed response on its way from the runtime to the caller: at Lambda's rate and to its limit.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
"""

import asyncio

from local_lambda.http.server import Exchange
from local_lambda.model.limits import Limits
from local_lambda.platform.bandwidth import PIECE, Bandwidth
from local_lambda.platform.invocation import ResponseReceiver


async def copy_limited(exchange: Exchange, receiver: ResponseReceiver, limits: Limits) -> bool:
    """Stream to the end, or to the limit; returns whether there was more than that."""
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
