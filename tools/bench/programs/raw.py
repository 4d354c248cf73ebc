"""The limit: the same bytes by one send a chunk on a bare socket, with no runtime around it."""

import _socket
import posix
import time

HOST, PORT = posix.environ[b"AWS_LAMBDA_RUNTIME_API"].decode().split(":")
NEXT = f"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: {HOST}:{PORT}\r\n\r\n".encode()
PRELUDE = b'{"statusCode":200,"headers":{"Content-Type":"text/plain"}}' + b"\0" * 8
ALPHABET = b"abcdefghijklmnopqrstuvwxyz"

connection = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
connection.connect((HOST, int(PORT)))
connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)

frames: dict[int, list[bytes]] = {}


def frame(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def frames_of(size: int) -> list[bytes]:
    """The four chunks that take turns, framed once."""
    if size not in frames:
        frames.clear()
        turned = [ALPHABET[variant:] + ALPHABET[:variant] for variant in range(4)]
        frames[size] = [frame((letters * (size // 26 + 1))[:size]) for letters in turned]
    return frames[size]


def head(request_id: bytes) -> bytes:
    """The head of a streamed response, and the prelude in its first chunk."""
    return (
        b"POST /2018-06-01/runtime/invocation/%b/response HTTP/1.1\r\nHost: %b\r\n"
        b"Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
        b"Content-Type: application/vnd.awslambda.http-integration-response\r\n"
        b"Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
    ) % (request_id, HOST.encode()) + frame(PRELUDE)


def receive(request: bytes = b"") -> bytes:
    """Send a request, if there is one; return the answer whole."""
    if request:
        connection.sendall(request)
    answer = connection.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536)
    start = answer.lower().index(b"content-length:") + 15
    whole = answer.index(b"\r\n\r\n") + 4 + int(answer[start : answer.index(b"\r", start)])
    while len(answer) < whole:
        answer += connection.recv(65536)
    return answer


def between(text: bytes, before: bytes, after: bytes) -> bytes:
    """The part of `text` between two marks."""
    start = text.index(before) + len(before)
    return text[start : text.index(after, start)]


def write_lines(query: dict[bytes, bytes], first: bytes) -> None:
    """The modes that measure latency."""
    pause = int(query[b"pause_us"]) / 1_000_000
    for _ in range(int(query[b"lines"])):
        connection.sendall(first + frame(b"%020d\n" % time.perf_counter_ns()))
        first = b""
        if query[b"mode"] != b"ticker":
            connection.sendall(frame(b"%020d\n" % time.perf_counter_ns()))
        if query[b"mode"] == b"computing":
            until = time.perf_counter() + pause
            while time.perf_counter() < until:
                pass
        else:
            time.sleep(pause)


def write_body(query: dict[bytes, bytes], first: bytes) -> None:
    """The mode that measures cost."""
    writes = int(query[b"writes"])
    ready = frames_of(int(query[b"size"]))
    connection.sendall(first + ready[0] if writes else first)
    for number in range(1, writes):
        connection.sendall(ready[number & 3])


while True:
    invocation = receive(NEXT)
    request_id = between(invocation, b"Aws-Request-Id: ", b"\r\n")
    text = between(invocation, b'"rawQueryString":"', b'"')
    query = dict(pair.split(b"=") for pair in text.split(b"&"))
    (write_body if query[b"mode"] == b"body" else write_lines)(query, head(request_id))
    receive(b"0\r\n\r\n")
