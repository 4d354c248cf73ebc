"""The HTML of a response, for the page's sandboxed frame, as it arrives.

The frame's document has an origin of its own, runs nothing and loads nothing (`sandbox` in its own policy,
and in the frame's attribute): what a function writes never runs in the page's origin. Its address holds the
request id, which the page alone has been told.
"""

import asyncio
from collections import OrderedDict

from local_lambda.http.exchange import Exchange
from local_lambda.http.message import Headers

# As many documents as the page lets one look back at, and no more memory than that is worth.
_DOCUMENTS = 8
_MAX_BYTES = 8 * 1024 * 1024
_HEADERS: Headers = [
    (
        "Content-Security-Policy",
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]


class Document:
    """The body of one response, if it is HTML."""

    def __init__(self, documents: "Documents") -> None:
        self._documents = documents
        self._request_id = ""
        self._changed = asyncio.Event()
        self.type = ""
        self._body = bytearray()
        self._ended = False

    def begin(self, request_id: str) -> None:
        """The invocation that it is of."""
        self._request_id = request_id

    def start(self, headers: Headers) -> None:
        """Keep it from now on, when the headers say that it is HTML."""
        types = [value for name, value in headers if name.lower() == "content-type"]
        self.type = types[0] if types else ""
        if self.type.lower().startswith("text/html"):
            self._documents.keep(self._request_id, self)

    def write(self, data: bytes) -> None:
        """Some of the body."""
        if self.type.lower().startswith("text/html") and len(self._body) < _MAX_BYTES:
            self._body += data
            self._changed.set()

    def end(self) -> None:
        """There is no more of it."""
        self._ended = True
        self._changed.set()

    async def send(self, exchange: Exchange) -> None:
        """Serve it to the frame, from its beginning to its end. Raises OSError when the frame has left."""
        exchange.start(200, [("Content-Type", self.type), *_HEADERS])
        sent = 0
        while not self._ended or sent < len(self._body):
            data = bytes(self._body[sent:])
            sent += len(data)
            await exchange.write(data)
            if sent == len(self._body) and not self._ended:
                self._changed.clear()
                await self._changed.wait()
        exchange.finish()


class Documents:
    """The latest documents, by request id."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def new(self) -> Document:
        """That of a response to come."""
        return Document(self)

    def keep(self, request_id: str, document: Document) -> None:
        """Take one in, and forget the oldest."""
        self._kept[request_id] = document
        if len(self._kept) > _DOCUMENTS:
            self._kept.popitem(last=False)

    def get(self, request_id: str) -> Document | None:
        """That of this invocation; None when it had none, or it is forgotten."""
        return self._kept.get(request_id)
