"""The two functions behind their URLs, with curl and the smoke script."""

from __future__ import annotations

import hashlib
import http.client
import os
import subprocess
import threading
import time
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.runtime_process import ROOT
from tools.local_lambda_process import LocalLambda

LINES = [f"Hello {i} \n" for i in range(101)]
IMAGE = (ROOT / "functions" / "image" / "cat.jpg").read_bytes()
SMOKE = ROOT / "scripts" / "smoke"


def curl(*arguments: str) -> bytes:
    return subprocess.run(["curl", "-sS", *arguments], stdout=subprocess.PIPE, check=True).stdout


def test_the_counter_arrives_line_by_line(local_lambda: LocalLambda) -> None:
    url = urlsplit(local_lambda.urls["CounterFunction"])
    connection = http.client.HTTPConnection(url.netloc, timeout=90)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Transfer-Encoding"] == "chunked"
    times = []
    for expected in LINES:
        assert response.readline().decode() == expected
        times.append(time.monotonic())
    assert response.read() == b""
    connection.close()
    # 100 gaps of 20 ms: were the lines gathered anywhere, they would come at once.
    assert times[-1] - times[0] >= 1.0
    assert times[50] - times[0] >= 0.5


def test_the_counter_with_curl(local_lambda: LocalLambda) -> None:
    assert curl("-N", local_lambda.urls["CounterFunction"]).decode() == "".join(LINES)


@pytest.mark.parametrize("path", ["", "cat.jpg", "favicon.ico", "any/path?with=query"])
def test_the_image_at_any_path(local_lambda: LocalLambda, path: str) -> None:
    image = curl(local_lambda.urls["ImageFunction"] + path)
    assert hashlib.sha256(image).hexdigest() == hashlib.sha256(IMAGE).hexdigest()


def test_the_image_for_a_client_that_reads_slowly(local_lambda: LocalLambda) -> None:
    assert curl("--limit-rate", "200k", local_lambda.urls["ImageFunction"]) == IMAGE


def test_the_image_as_a_web_server_serves_it(local_lambda: LocalLambda) -> None:
    url = urlsplit(local_lambda.urls["ImageFunction"])
    connection = http.client.HTTPConnection(url.netloc, timeout=90)

    def ask(method: str = "GET", **headers: str) -> tuple[int, HTTPMessage, bytes]:
        connection.request(method, "/", headers={name.replace("_", "-"): v for name, v in headers.items()})
        response = connection.getresponse()
        return response.status, response.headers, response.read()

    status, headers, body = ask("HEAD")
    assert (status, headers["Content-Type"], body) == (200, "image/jpeg", b"")
    assert ask(If_None_Match=headers["ETag"])[::2] == (304, b"")
    assert ask(If_Modified_Since=headers["Last-Modified"])[::2] == (304, b"")
    assert ask(Range="bytes=100-199")[::2] == (206, IMAGE[100:200])
    assert ask(Range="bytes=-7")[::2] == (206, IMAGE[-7:])
    status, headers, body = ask(Range="bytes=999999-")
    assert (status, headers["Content-Range"], body) == (416, f"bytes */{len(IMAGE)}", b"")
    status, headers, body = ask("POST")
    assert (status, headers["Allow"], body) == (405, "GET, HEAD", b"")
    assert ask()[::2] == (200, IMAGE)
    connection.close()


def smoke(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run([SMOKE, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_smoke_passes_with_either_form_of_url(local_lambda: LocalLambda) -> None:
    counter, image = local_lambda.urls["CounterFunction"], local_lambda.urls["ImageFunction"]
    for arguments, checks in (((counter, image.rstrip("/")), 10), (("--local", str(local_lambda.port)), 15)):
        done = smoke(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("ok    ") == checks
        assert done.stderr == ""


def test_smoke_names_what_fails(local_lambda: LocalLambda) -> None:
    class Gathers(BaseHTTPRequestHandler):
        """Answers with the right bytes, but only once it has them all."""

        def do_GET(self) -> None:
            time.sleep(0.1)
            body = "".join(LINES).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Gathers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = smoke(f"http://127.0.0.1:{server.server_address[1]}", local_lambda.urls["CounterFunction"])
        server.shutdown()
    assert done.returncode == 1
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert [line.split("expected")[0].split("FAIL")[1].strip() for line in failed] == [
        "counter streams",
        "image content type",
        "image bytes",
    ]


def test_smoke_against_nothing(tmp_path: Path) -> None:
    done = smoke("http://127.0.0.1:9", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "FAIL" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nonsense",),
        ("one",),
        ("http://one",),
        ("http://a", "http://b", "http://c", "http://d"),
        ("--local", "x"),
        ("--local", "1", "2"),
        ("--wait", "long", "--local"),
        ("--region",),
        ("--iam", "--local"),
    ],
)
def test_smoke_refuses_what_it_does_not_understand(arguments: tuple[str, ...]) -> None:
    done = smoke(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("smoke: ")
