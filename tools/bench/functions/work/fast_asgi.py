"""The FastAPI application on our own adapter."""

from fast import app

from lambda_streaming.asgi import asgi

handler = asgi(app)
