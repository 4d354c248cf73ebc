"""One connection to the Runtime API on an event loop that has many: requests go out, replies come in.

Nothing here waits but what is awaited. What cannot go out at once is kept, and ``backlog`` says whether that
is much: a coroutine then waits by ``drained()``, another thread by ``hold_back()``.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque

from lambda_streaming._exceptions import RuntimeApiError
from lambda_streaming._reply_decoder import Reply, ReplyDecoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# Bytes that are kept for a reader that is slow, before who writes has to wait.
HIGH_WATER = 64 * 1024
# Seconds in which a loop is to give a sign. One that does not is blocked, perhaps by who waits for the thread
# that writes: that one then goes on, and what it writes is kept.
_SIGN_OF_LIFE = 1.0


class Connection(asyncio.Protocol):
    """A connection, opened by ``connect``. All but ``send`` and ``hold_back`` is for the loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.lost: Exception | None = None  # why nothing can be sent any more
        # Called with the reason where the connection is lost, or a reply has come.
        self.on_interruption: Callable[[OSError], None] | None = None
        self._loop = loop
        self.thread = threading.get_ident()  # the loop's
        self._transport: asyncio.Transport | None = None
        self._decoder = ReplyDecoder()
        self._replies: deque[Reply] = deque()
        self._changed = asyncio.Event()  # set with each reply, and at the end
        self._sent: deque[bytes] = deque()  # what the transport has not been given yet
        self._sent_size = 0  # of all, ever; written by the one who sends
        self._passed_size = 0  # of it, what the transport was given; written by the loop
        self._can_write = asyncio.Event()
        self._can_write.set()
        self._missed_sign: threading.Event | None = None  # set once the loop goes on

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        """Take a part of a reply."""
        try:
            reply = self._decoder.feed(data)
        except ValueError as error:
            self.close(error)
            return
        if reply is not None:
            self._replies.append(reply)
            self._changed.set()
            self._interrupt(f"Lambda has replied {reply.status}: {reply.text}")
            if reply.closes:
                self.close(RuntimeApiError("the Runtime API closed the connection"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of the end, whoever has brought it about."""
        self.close(exc or RuntimeApiError("the Runtime API closed the connection"))

    def pause_writing(self) -> None:
        """Take note that more is kept than HIGH_WATER."""
        if self.lost is None:
            self._can_write.clear()

    def resume_writing(self) -> None:
        """Take note that most of it has gone out."""
        self._can_write.set()

    def send(self, data: bytes) -> None:
        """Send ``data``, or keep it until it can be sent: from any thread, one at a time.

        Raises OSError once the connection is lost.
        """
        self.send_parts([data])

    def send_parts(self, parts: list[bytes]) -> None:
        """Send ``parts``, as ``send`` does."""
        if self.lost is not None or self._transport is None or self._transport.is_closing():
            raise BrokenPipeError(str(self.lost or "the connection is closed"))
        self._sent_size += sum(map(len, parts))
        self._sent.extend(parts)
        if threading.get_ident() == self.thread:
            self._pass_on()
        else:
            self._loop.call_soon_threadsafe(self._pass_on)

    @property
    def backlog(self) -> bool:
        """Whether more is kept than there should be."""
        return not self._can_write.is_set() or self._sent_size - self._passed_size >= HIGH_WATER

    async def drained(self) -> None:
        """Return once there is room for more; at once where the connection is lost."""
        await self._can_write.wait()

    def hold_back(self) -> None:
        """Wait, in a thread other than the loop's, until there is room for more."""
        if threading.get_ident() == self.thread or not self.backlog:
            return
        if self._missed_sign is not None and not self._missed_sign.is_set():
            return  # the loop is blocked yet
        drained = asyncio.run_coroutine_threadsafe(self.drained(), self._loop)
        while True:
            try:
                return drained.result(_SIGN_OF_LIFE)
            except TimeoutError:
                sign = threading.Event()
                self._loop.call_soon_threadsafe(sign.set)
                if not sign.wait(_SIGN_OF_LIFE):
                    self._missed_sign = sign
                    drained.cancel()
                    return

    async def exchange(self, request: bytes) -> Reply:
        """Send a whole request; return the reply. Raises OSError where none comes."""
        self.send(request)
        return await self.reply()

    async def reply(self) -> Reply:
        """Return the reply to what was sent. Raises OSError where none comes."""
        while not self._replies:
            if self.lost is not None:
                raise BrokenPipeError(str(self.lost)) from self.lost
            self._changed.clear()
            await self._changed.wait()
        return self._replies.popleft()

    def early_reply(self) -> Reply | None:
        """Return the reply to a request that was cut short, if one has come."""
        return self._replies.popleft() if self._replies else None

    def close(self, reason: Exception | None = None) -> None:
        """Give the connection up; what is kept is dropped."""
        if self.lost is not None:
            return
        self.lost = reason or ConnectionAbortedError("the connection was given up")
        self._sent.clear()
        if self._transport is not None:
            self._transport.abort()
        self._can_write.set()
        self._changed.set()
        self._interrupt(str(self.lost))

    def _interrupt(self, reason: str) -> None:
        if self.on_interruption is not None:
            self.on_interruption(BrokenPipeError(reason))

    def _pass_on(self) -> None:
        """Give the transport what has been sent, by whichever thread."""
        parts = []
        while self._sent:
            parts.append(self._sent.popleft())
        self._passed_size += sum(map(len, parts))
        if parts and self._transport is not None and not self._transport.is_closing():
            # Its writelines forgets to pause before 3.13.2: https://github.com/python/cpython/issues/127655
            self._transport.write(b"".join(parts))


async def connect(host: str, port: int) -> Connection:
    """Return a new connection. Raises OSError where there is nobody."""
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(lambda: Connection(loop), host, port)
    return connection
