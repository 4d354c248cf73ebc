"""The Starlette application on our own adapter."""

from web import app

from lambda_streaming.asgi import asgi

handler = asgi(app)
