"""The Runtime API's replies on one connection, taken apart as their bytes come (RFC 9112, section 6)."""

from __future__ import annotations

from lambda_streaming._chunked import ChunkedDecoder
from lambda_streaming._http_message import HEAD_END, HEAD_LIMIT, closes, parse_head, text_of


class Reply:
    """One reply: its status, its headers by their names in lower case, and its body."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self) -> str:
        """The body as text."""
        return text_of(self.body)

    @property
    def closes(self) -> bool:
        """Whether this is the last one on its connection."""
        return closes(self.headers)


class ReplyDecoder:
    """Take replies apart, however their bytes are cut. One request is out at a time, so one is to come."""

    def __init__(self) -> None:
        self._head: tuple[int, dict[str, str]] | None = None
        self._length = 0  # of the body, where it is not chunked
        self._chunked: ChunkedDecoder | None = None
        self._input = bytearray()

    def feed(self, data: bytes) -> Reply | None:
        """Take more input; return the reply once it is whole. Raises ValueError for what is none."""
        self._input += data
        if self._head is None and not self._take_head():
            return None
        body = self._take_body()
        if body is None:
            return None
        assert self._head is not None
        reply = Reply(*self._head, body)
        self._head, self._chunked = None, None
        return reply

    def _take_head(self) -> bool:
        end = self._input.find(HEAD_END)
        if end < 0:
            if len(self._input) > HEAD_LIMIT:
                raise ValueError(f"the head of a reply is over {HEAD_LIMIT} bytes")
            return False
        self._head = parse_head(bytes(self._input[:end]))
        headers = self._head[1]
        del self._input[: end + len(HEAD_END)]
        if "content-length" in headers:
            self._length = int(headers["content-length"])
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            self._chunked = ChunkedDecoder()
        else:
            self._length = 0
        return True

    def _take_body(self) -> bytes | None:
        if self._chunked is not None:
            self._chunked.feed(bytes(self._input))
            self._input.clear()
            return self._chunked.body if self._chunked.done else None
        if len(self._input) < self._length:
            return None
        body = bytes(self._input[: self._length])
        del self._input[: self._length]
        return body
