"""The code of docs/doors.md: tokens checked against keys of one's own, and the hash that CloudFront needs."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.chromium import chromium
from tests.support.http_events import url_event
from tests.support.issuer import Issuer
from tests.support.page_examples import examples
from tests.support.runtime_process import ROOT, RuntimeProcess

PAGE = "docs/doors.md"
EXAMPLES = examples(PAGE)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with Issuer() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def runtime(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RuntimeProcess]:
    import site

    environment = {
        "ISSUER": issuer.url,
        "CLIENT_ID": "app",
        "PYTHONPATH": site.getsitepackages()[0],
        "no_proxy": "127.0.0.1",
    }
    directory = tmp_path_factory.mktemp("bearer")
    with RuntimeProcess(directory, EXAMPLES["bearer"], environment=environment) as runtime:
        yield runtime


def test_a_good_token_lets_in_and_the_keys_are_fetched_once(runtime: RuntimeProcess, issuer: Issuer) -> None:
    for _ in range(2):
        event = url_event(authorization=f"Bearer {issuer.token()}")
        prelude, body = runtime.invoke(event).streamed
        assert prelude["statusCode"] == 200
        assert body == b"data: Hello, someone\n\ndata: Hello, world\n\nevent: end\ndata: \n\n"
    assert issuer.requests == ["/pool/.well-known/jwks.json"]


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"iss": "https://elsewhere.example"},
        {"client_id": "other"},
        {"token_use": "id"},
        {"sub": None},
    ],
)
def test_any_other_does_not(runtime: RuntimeProcess, issuer: Issuer, claims: dict[str, Any]) -> None:
    prelude, body = runtime.invoke(url_event(authorization=f"Bearer {issuer.token(**claims)}")).streamed
    assert (prelude["statusCode"], body) == (401, b"expected a valid token\n")


def test_nor_does_what_was_signed_by_others_or_not_at_all(runtime: RuntimeProcess, issuer: Issuer) -> None:
    foreign = issuer.token(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    unsigned = jwt.encode(
        {
            "sub": "someone",
            "iss": issuer.url,
            "client_id": "app",
            "token_use": "access",
            "exp": 9_999_999_999,
        },
        "",
        algorithm="none",
        headers={"kid": "k1"},
    )
    for value in (f"Bearer {foreign}", f"Bearer {unsigned}", "Bearer x", "Basic dTpw", ""):
        prelude, _ = runtime.invoke(url_event(authorization=value)).streamed
        assert prelude["statusCode"] == 401, value


def edge(body: Any) -> Any:
    names: dict[str, Any] = {}
    exec(EXAMPLES["edge"], names)
    request = {"method": "POST", "headers": {}, **({} if body is None else {"body": body})}
    return names["handler"]({"Records": [{"cf": {"request": request}}]}, None)


@pytest.mark.parametrize("data", [b"", b'{"message": "hello"}', bytes(range(256))])
def test_the_edge_adds_the_hash(data: bytes) -> None:
    encoded = {"data": base64.b64encode(data).decode(), "encoding": "base64", "inputTruncated": False}
    expected = [{"key": "x-amz-content-sha256", "value": hashlib.sha256(data).hexdigest()}]
    assert edge(encoded)["headers"]["x-amz-content-sha256"] == expected
    if not data:
        assert edge(None)["headers"]["x-amz-content-sha256"] == expected


def test_the_edge_cannot_hash_what_it_did_not_get() -> None:
    assert edge({"data": "", "encoding": "base64", "inputTruncated": True})["status"] == "413"


def test_a_browser_sends_the_hash(tmp_path: Path) -> None:
    """Of the bytes that it sends; the address is one of this machine, where a page may use crypto.subtle."""
    (script,) = re.findall(r"```js\n(.*?)```", (ROOT / PAGE).read_text(), re.DOTALL)
    received: list[tuple[str | None, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.headers["x-amz-content-sha256"], body))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, chromium() as browser:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        for text in ("", '{"message": "é 😀"}'):
            page.evaluate(f"async (text) => {{ {script}; await post('/', text); }}", text)
        server.shutdown()
    for digest, body in received:
        assert digest == hashlib.sha256(body).hexdigest()
    assert [body.decode() for _, body in received] == ["", '{"message": "é 😀"}']
