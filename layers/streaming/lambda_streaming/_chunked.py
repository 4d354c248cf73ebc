"""HTTP/1.1 chunked transfer coding: chunks and trailers out, chunks in (RFC 9112, section 7.1)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

LAST_CHUNK = b"0\r\n\r\n"
CRLF = b"\r\n"
_HEXADECIMAL = b"0123456789abcdefABCDEF"


def chunk(data: bytes) -> bytes:
    """Return ``data``, which must not be empty (an empty chunk ends the body), as one chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def chunk_head(size: int) -> bytes:
    """Return what goes before the ``size`` > 0 bytes of a chunk; CRLF goes after them."""
    return b"%x\r\n" % size


def last_chunk(trailers: Mapping[str, bytes]) -> bytes:
    """Return the last chunk with ``trailers``; their values must be free of line breaks."""
    fields = b"".join(b"%b: %b\r\n" % (name.encode("ascii"), value) for name, value in trailers.items())
    return b"0\r\n%b\r\n" % fields


class ChunkedDecoder:
    """Take a chunked body apart, however it is cut. Chunk extensions and trailers are passed over."""

    def __init__(self) -> None:
        self.done = False
        self._body: list[bytes] = []
        self._input = b""
        self._left = 0  # bytes of the current chunk still to come, its CRLF included
        self._in_trailers = False

    @property
    def body(self) -> bytes:
        """The bytes decoded so far."""
        return b"".join(self._body)

    def feed(self, data: bytes) -> None:
        """Take more input. Raises ValueError for a malformed chunk size."""
        self._input += data
        while not self.done and self._step():
            pass

    def _step(self) -> bool:
        """Decode one piece of the input; tell whether there may be another."""
        return self._take_data() if self._left else self._take_line()

    def _take_data(self) -> bool:
        taken = self._input[: self._left]
        self._input = self._input[self._left :]
        payload = max(0, self._left - len(CRLF))
        self._body.append(taken[:payload])
        self._left -= len(taken)
        return bool(self._input)

    def _take_line(self) -> bool:
        line, found, rest = self._input.partition(CRLF)
        if not found:
            return False
        self._input = rest
        if self._in_trailers:
            self.done = not line
        else:
            size = _chunk_size(line)
            self._left = size + len(CRLF) if size else 0
            self._in_trailers = size == 0
        return True


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or digits.strip(_HEXADECIMAL):  # int() would also take a sign, 0x and underscores
        raise ValueError(f"malformed chunk size {line[:40]!r}")
    return int(digits, 16)
