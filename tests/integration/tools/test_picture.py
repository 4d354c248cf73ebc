"""The recording is of a real curl; README opens with its picture."""

from __future__ import annotations

import re
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from PIL import Image

from tools import ROOT
from tools.picture.recording import Curl

MOST_BYTES = 1_500_000


def test_what_curl_prints_has_its_time() -> None:
    passed, go_on = threading.Event(), threading.Event()

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"one\n")
            passed.set()
            go_on.wait(30)
            self.wfile.write(b"two\n")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Slow) as server:
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        started = time.monotonic()
        curl = Curl(f"http://127.0.0.1:{server.server_port}/", started)
        assert passed.wait(30)
        while not curl.printed:
            time.sleep(0.01)
        between = time.monotonic() - started
        go_on.set()
        curl.wait()
        serving.join()
    assert curl.until(between) == "one\n"
    assert curl.until(time.monotonic() - started) == "one\ntwo\n"
    assert curl.until(0.0) == ""


def test_readme_opens_with_a_picture_that_moves() -> None:
    first = re.search(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert first is not None
    assert first[1] == "docs/streaming.gif"
    path = ROOT / first[1]
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as picture:
        frames = picture.n_frames  # type: ignore[attr-defined]
        assert frames > 10
        shown = []
        for number in range(frames):
            picture.seek(number)
            shown.append(picture.convert("RGB").tobytes())
    assert len(set(shown)) > 10
