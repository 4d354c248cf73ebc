"""A request's head: what h11 takes, or waits for, and this server refuses (RFC 9112 sections 2.2 to 5)."""

import re

import h11

# A browser sends about twenty.
_MOST_HEADERS = 2000
_EMPTY_LINES = re.compile(rb"\A(?:\r?\n)+")
_REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [\x21-\x7e]+ HTTP/1\.[0-9]")
_OTHER_VERSION = re.compile(rb"[^ ]+ [^ ]+ (HTTP/(?:[02-9]|[0-9]{2,})(?:\.[0-9]*)?)")
# A tab may stand within a value; what is not ASCII is another alphabet's.
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_TLS_HANDSHAKE = 0x16
_QUOTED = re.compile(r": (?:bytearray\(|b['\"]).*", re.DOTALL)


def begun(data: bytes) -> bytes:
    """Return the data without the empty lines before it, which old clients send after a body."""
    return _EMPTY_LINES.sub(b"", data, count=1)


def has_line(data: bytes) -> bool:
    """Return whether the request line is there, or it is clear that none will come."""
    return b"\n" in data or (data[:1] <= b" " and data not in (b"", b"\r"))


def check_line(data: bytes) -> None:
    """Check the request line that the data begins with. Raises h11.RemoteProtocolError."""
    if data[0] == _TLS_HANDSHAKE:
        raise h11.RemoteProtocolError(
            "this is TLS, and no request line: http:// is served here, not https://"
        )
    line = data.partition(b"\n")[0].removesuffix(b"\r")
    if _REQUEST_LINE.fullmatch(line):
        return
    if other := _OTHER_VERSION.fullmatch(line):
        name = other[1].decode()
        hint = ", with prior knowledge or without" if line.startswith(b"PRI ") else ""
        raise h11.RemoteProtocolError(f"{name} is not spoken here{hint}: use HTTP/1.1", 505)
    if re.fullmatch(rb"[^ ]+ [^ ]+", line):
        raise h11.RemoteProtocolError("the request line names no version: expected HTTP/1.1")
    raise h11.RemoteProtocolError("the request line is not METHOD TARGET HTTP/1.1")


def check_headers(request: h11.Request, most_bytes: int) -> None:
    """Check what h11 has parsed. Raises h11.RemoteProtocolError."""
    headers = list(request.headers)
    if len(headers) > _MOST_HEADERS:
        raise h11.RemoteProtocolError(f"{len(headers)} headers, at most {_MOST_HEADERS} are taken", 431)
    if sum(len(name) + len(value) for name, value in headers) > most_bytes:
        raise h11.RemoteProtocolError(f"the headers have more than {most_bytes} bytes", 431)
    for name, value in headers:
        if _CONTROL.search(value):
            raise h11.RemoteProtocolError(f"the header {name.decode()} has a control character")


def explanation(error: h11.RemoteProtocolError) -> str:
    """Return what is wrong with a request, without its own bytes."""
    return _QUOTED.sub("", str(error))
