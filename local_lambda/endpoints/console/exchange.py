"""An endpoint's side of a request from the page: what it does becomes messages on the page's own exchange."""

import asyncio
import time

from local_lambda.endpoints.console import frames
from local_lambda.endpoints.console.html_frame import Document
from local_lambda.endpoints.console.network import Pace
from local_lambda.endpoints.console.request import ConsoleRequest
from local_lambda.http.exchange import Exchange
from local_lambda.http.message import BODYLESS_STATUSES, Headers, HttpRequest
from local_lambda.log.history import History


class ConsoleExchange(Exchange):
    """What the endpoint is given instead of a connection."""

    def __init__(
        self,
        page: Exchange,
        request: HttpRequest,
        wanted: ConsoleRequest,
        document: Document,
        history: History,
    ) -> None:
        self.request = request
        self.trailers = []
        self._page = page
        self._body = wanted.body
        self._network = wanted.network
        self._pace = Pace(wanted.network, time.monotonic()) if wanted.network else None
        self._document = document
        self._history = history
        self._bodyless = request.method == "HEAD"
        self._rest = b""
        self._cut = False

    async def wait_for_latency(self) -> None:
        """Let the time pass until the request has come through the network."""
        if self._network is not None:
            await asyncio.sleep(self._network.latency)

    async def read(self) -> bytes:
        """The body in one piece, then its end."""
        body, self._body = self._body, b""
        return body

    def invoked(self, request_id: str) -> None:
        """Tell the page at once: the log is written before the first byte."""
        self._document.begin(request_id)
        self._history.begin(request_id)
        self._page.push(frames.invocation(request_id))

    def start(self, status: int, headers: Headers, *, more: bool = False) -> None:  # noqa: ARG002
        """Send the head, at once: the page shows when it came."""
        self._bodyless = self._bodyless or status in BODYLESS_STATUSES
        self._document.start(headers)
        self._page.push(frames.head(status, headers))

    async def write(self, data: bytes) -> None:
        """Send some of the body, as fast as the network is. Raises OSError when the page has left."""
        if not self._bodyless:
            for piece in self._pieces(data):
                await self._wait_for(len(piece))
                self._document.write(piece)
                await self._page.write(frames.chunk(piece))

    def finish(self) -> None:
        """`complete` says it."""

    def respond(self, status: int, headers: Headers, body: bytes) -> None:
        """Send the head; `complete` sends the body."""
        self.start(status, headers)
        self._rest = body

    def cut(self) -> None:
        """`complete` says it."""
        self._cut = True

    async def complete(self) -> None:
        """The endpoint has done its part. Raises OSError when the page has left."""
        await self.write(self._rest)
        await self._page.write(frames.end(cut=self._cut))
        self._page.finish()

    def _pieces(self, data: bytes) -> list[bytes]:
        size = self._network.piece if self._network else len(data)
        return [data[at : at + size] for at in range(0, len(data), size or 1)]

    async def _wait_for(self, size: int) -> None:
        if self._pace is not None and (delay := self._pace.take(size, time.monotonic())) > 0:
            await asyncio.sleep(delay)
