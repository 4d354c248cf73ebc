"""The bytes of one connection, both ways: waits only where there is nothing to read, or no room to write.

A protocol and not asyncio's streams, which take a copy and some turns more for each line of each function.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

# No more is taken in than this, and one read, before somebody asks for it.
_MAX_WAITING = 128 * 1024
# One for all: what comes is copied out of it before the event loop turns to another connection.
_INCOMING = memoryview(bytearray(64 * 1024))


class Connection(asyncio.BufferedProtocol):
    """One client. Its methods raise OSError when the connection has broken."""

    def __init__(self, accepted: Callable[["Connection"], None]) -> None:
        self._accepted = accepted
        self._received = bytearray()
        self._ended = False
        self._lost = False
        self._error: Exception | None = None
        self._readable: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    def extra(self, name: str) -> Any:
        """What the transport knows: peername, sockname, socket."""
        return self._transport.get_extra_info(name)

    async def read(self) -> bytes:
        """Whatever has come since; b"" at the end."""
        if not self._received and not self._ended and not self._lost:
            self._readable = asyncio.get_running_loop().create_future()
            try:
                await self._readable
            finally:
                self._readable = None
        if not self._received and self._error is not None:
            raise self._error
        data = bytes(self._received)
        self._received.clear()
        if not self._lost:
            self._transport.resume_reading()
        return data

    def write(self, data: bytes) -> None:
        """Send now what the socket takes, and the rest when it can."""
        self._transport.write(data)

    async def drain(self) -> None:
        """Wait while the client is slower than what is written."""
        if self._transport.is_closing():
            await asyncio.sleep(0)  # in which a connection that has broken is lost
        if not self._writable.is_set():
            await self._writable.wait()
        if self._lost:
            raise self._error or ConnectionResetError("the connection is closed")

    def write_eof(self) -> None:
        """Say that nothing more will be sent."""
        self._transport.write_eof()

    def close(self) -> None:
        """Send what waits, then close."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server has accepted it."""
        self._transport = cast(asyncio.Transport, transport)
        self._accepted(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 (asyncio's)
        """Where the next bytes go."""
        return _INCOMING

    def buffer_updated(self, nbytes: int) -> None:
        """They have come."""
        self._received += _INCOMING[:nbytes]
        if len(self._received) > _MAX_WAITING:
            self._transport.pause_reading()
        self._wake_reader()

    def eof_received(self) -> bool:
        """The client sends no more; it is still to be answered."""
        self._ended = True
        self._wake_reader()
        return True

    def pause_writing(self) -> None:
        """The client is slower than what is written."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed by either side."""
        self._lost, self._error = True, exc
        self._writable.set()
        self._wake_reader()

    def _wake_reader(self) -> None:
        if self._readable is not None and not self._readable.done():
            self._readable.set_result(None)
