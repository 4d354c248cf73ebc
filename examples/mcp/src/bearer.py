"""Let in requests with a token of one issuer alone, and tell MCP clients where to get one.

A function URL renames the header WWW-Authenticate, which MCP clients look at first. Where it is missing they
try the well-known address of RFC 9728, which is served here.
https://modelcontextprotocol.io/specification/draft/basic/authorization
"""

import asyncio
import json
from typing import Any

import jwt

METADATA = "/.well-known/oauth-protected-resource"


class BearerOnly:
    """An ASGI application around another: 401 without an access token of ``issuer`` for ``client_id``."""

    def __init__(self, app: Any, issuer: str, client_id: str) -> None:
        self._app = app
        self._issuer = issuer
        self._client_id = client_id
        self._keys = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json", timeout=5)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = f"{scope['scheme']}://{headers.get(b'host', b'').decode('latin-1')}"
        if scope["path"] in (METADATA, f"{METADATA}/mcp"):
            document = {"resource": f"{origin}/mcp", "authorization_servers": [self._issuer]}
            await _respond(send, 200, document)
            return
        try:
            await asyncio.to_thread(self._check, headers.get(b"authorization", b"").decode("latin-1"))
        except jwt.PyJWTError:
            challenge = f'Bearer error="invalid_token", resource_metadata="{origin}{METADATA}/mcp"'
            await _respond(send, 401, {"error": "invalid_token"}, [(b"www-authenticate", challenge.encode())])
            return
        await self._app(scope, receive, send)

    def _check(self, authorization: str) -> None:
        """Check a token of Cognito's form. Raises jwt.PyJWTError. May fetch keys: call it in a thread."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise jwt.InvalidTokenError("expected a bearer token")
        key = self._keys.get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=self._issuer,
            options={"require": ["exp", "iss", "sub"]},
        )
        if claims.get("token_use") != "access" or claims.get("client_id") != self._client_id:
            raise jwt.InvalidTokenError("expected an access token of this client")


async def _respond(send: Any, status: int, document: Any, headers: Any = ()) -> None:
    body = json.dumps(document).encode()
    fields = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})
