"""Before a peer is timed it must deliver the right bytes, rightly framed."""

import zlib

from tools.bench.event import event, expected_body
from tools.bench.peers import Peer, Places
from tools.bench.running import running
from tools.bench.wire import WireError, payload

# Empty, small, larger than a socket's buffers, many small: writes and the size of each.
_BODIES = ((0, 100), (1, 1000), (7, 65_536), (3, 3_000_001), (20_000, 100))


def check(peer: Peer, places: Places) -> None:
    """Raise WireError or PeerError when a body does not arrive as it was written."""
    for use in ("work", "web"):
        if use not in peer.handlers:
            continue
        with running(peer, places, use) as runtime:
            runtime.api.keep = None
            for writes, size in _BODIES:
                arrived = payload(runtime.invoke(event("body", writes=writes, size=size)).post)
                expected = expected_body(writes, size)
                if (len(arrived), zlib.crc32(arrived)) != (len(expected), zlib.crc32(expected)):
                    raise WireError(f"{writes} writes of {size} bytes: other bytes arrived, {len(arrived)}")
            for mode in ("ticker", "pairs", "computing"):
                lines = 3 if mode == "ticker" else 6
                post = runtime.invoke(event(mode, lines=3, pause_us=1000)).post
                if len(payload(post)) != lines * 21 or min(post.delays()) < 0:
                    raise WireError(f"{mode}: {bytes(post.body)[:200]!r}")
