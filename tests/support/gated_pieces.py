"""Read what an application streams piece by piece: each is asked for only once the one before has arrived."""

from __future__ import annotations

from email.message import Message
from pathlib import Path

from tests.support.url_client import open_request

PIECES = 4  # of tests/fixtures/frameworks/gate.py


def read_gated(url: str, path: str, gate: Path, *, line: str = "{}\n", rest: str = "") -> Message:
    """Read all pieces; ``line`` is how each looks, ``rest`` what follows the last. Return the headers.

    Were a piece held back anywhere, both sides would wait until the application gives up.
    """
    connection, response = open_request(url, f"{path}?gate={gate}")
    assert response.status == 200
    for number in range(PIECES):
        if number:
            (gate / str(number)).touch()
        expected = line.format(f"piece {number}").encode()
        assert response.read(len(expected)) == expected
    assert response.read() == rest.encode()
    connection.close()
    return response.headers
