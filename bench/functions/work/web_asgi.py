"""The Starlette application on our own adapter."""

from lambda_streaming.asgi import asgi
from web import app

handler = asgi(app)
