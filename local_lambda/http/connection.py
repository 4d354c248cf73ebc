"""The bytes of one connection, both ways: waits only when there is nothing to read, or no room to write.

A protocol, because asyncio's streams take one more copy and more turns of the loop for each line of output.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Any, cast

# How many bytes may wait to be read (one more read may come on top).
_MAX_WAITING = 256 * 1024
# Shared by all connections: bytes are copied out of it before the event loop turns to another. It takes what
# a fast sender has sent meanwhile in one piece.
_INCOMING = memoryview(bytearray(_MAX_WAITING))


class Connection(asyncio.BufferedProtocol):
    """One client. Its methods raise OSError when the connection has broken."""

    def __init__(self, accepted: Callable[["Connection"], None]) -> None:
        self._accepted = accepted
        self._received: list[bytes] = []
        self._waiting = 0
        self._ended = False
        self._lost = False
        self._error: Exception | None = None
        self._readable: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self.when_left: Callable[[], None] | None = None
        """Called when the client has closed its side."""

    def extra(self, name: str) -> Any:
        """Return what the transport knows: peername, sockname, socket."""
        return self._transport.get_extra_info(name)

    async def read(self) -> bytes:
        """Return whatever has come since; b"" at the end."""
        if not self._received and not self._ended and not self._lost:
            self._readable = asyncio.get_running_loop().create_future()
            try:
                await self._readable
            finally:
                self._readable = None
        if not self._received and self._error is not None:
            raise self._error
        data = b"".join(self._received)
        self._received.clear()
        if self._waiting > _MAX_WAITING and not self._lost:
            self._transport.resume_reading()
        self._waiting = 0
        return data

    def write(self, data: bytes) -> None:
        """Send what the socket takes now, and the rest when it can."""
        self._transport.write(data)

    async def drain(self) -> None:
        """Wait while the client is slower than we write."""
        if self._transport.is_closing():
            await asyncio.sleep(0)  # in which a connection that has broken is lost
        if not self._writable.is_set():
            await self._writable.wait()
        if self._lost:
            raise self._error or ConnectionResetError("the connection is closed")

    def write_eof(self) -> None:
        """Tell the client that nothing more will be sent."""
        self._transport.write_eof()

    def close(self) -> None:
        """Send what is waiting, then close."""
        self._transport.close()

    def reset_on_close(self) -> None:
        """Let `close` reset the connection, in the place of a FIN."""
        linger = struct.pack("ii", 1, 0)
        self.extra("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand the connection over to the server."""
        self._transport = cast(asyncio.Transport, transport)
        self._accepted(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 (asyncio's)
        """Return the buffer for the next bytes."""
        return _INCOMING

    def buffer_updated(self, nbytes: int) -> None:
        """Take the bytes out of the buffer."""
        self._received.append(bytes(_INCOMING[:nbytes]))
        self._waiting += nbytes
        if self._waiting > _MAX_WAITING:
            self._transport.pause_reading()
        self._wake_reader()

    def eof_received(self) -> bool:
        """Note that the client sends no more; it still gets its response."""
        self._ended = True
        self._leave()
        return True

    def pause_writing(self) -> None:
        """Note that the client is slower than we write."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Note that the client has caught up."""
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that either side has closed the connection."""
        self._lost, self._error = True, exc
        self._writable.set()
        self._leave()

    def _leave(self) -> None:
        self._wake_reader()
        if self.when_left is not None:
            self.when_left()

    def _wake_reader(self) -> None:
        if self._readable is not None and not self._readable.done():
            self._readable.set_result(None)
