"""What every endpoint takes from a request: its body, its trace, its time, and the headers it leaves out."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from local_lambda.http.exchange import Exchange

# Of the connection, not of the request (RFC 9110 section 7.6.1); AWS's front end consumes them.
HOP_BY_HOP = {
    "connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
}  # fmt: skip
# %b of strftime follows the locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, kw_only=True)
class Trace:
    """An X-Ray trace header: `root` as events have it, `header` as the runtime and the client get it.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    """

    root: str
    header: str

    @classmethod
    def of(cls, sent: str | None, epoch_ms: int) -> "Trace":
        """Return the trace that the client sent, completed, or a new one for that time."""
        root = sent if sent and "Root=" in sent else f"Root=1-{epoch_ms // 1000:08x}-{secrets.token_hex(12)}"
        return cls(
            root=root, header=root if "Parent=" in root else f"{root};Parent={secrets.token_hex(8)};Sampled=0"
        )


def request_time(epoch_ms: int) -> str:
    """Return the time as API Gateway writes it, in UTC."""
    moment = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    return f"{moment:%d}/{_MONTHS[moment.month - 1]}/{moment:%Y:%H:%M:%S} +0000"


async def read_body(exchange: Exchange, limit: int) -> bytes | None:
    """Return the whole body; None as soon as it has more than ``limit`` bytes."""
    length = exchange.request.header("content-length")
    if length is not None and int(length) > limit:
        return None
    body = bytearray()
    while data := await exchange.read():
        body += data
        if len(body) > limit:
            return None
    return bytes(body)
