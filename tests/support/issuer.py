"""Whoever issues tokens: keys of the tests' own, published over HTTP as Cognito publishes its keys."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Issuer:
    """Keys, and a server that publishes one of them as Cognito does."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        document = json.dumps({"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}).encode()
        self.requests: list[str] = []
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.requests.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", str(len(document)))
                self.end_headers()
                self.wfile.write(document)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/pool"

    def token(self, key: Any = None, **claims: Any) -> str:
        """Return an access token of Cognito's form; ``claims`` replace its own, None takes one out."""
        given = {
            "sub": "someone",
            "iss": self.url,
            "client_id": "app",
            "token_use": "access",
            "scope": "openid",
            "exp": int(time.time()) + 600,
            **claims,
        }
        present = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(present, key or self.key, algorithm="RS256", headers={"kid": "k1"})

    def __enter__(self) -> Issuer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
