"""The Starlette application behind mangum, which buffers."""

from mangum import Mangum
from web import app

handler = Mangum(app, lifespan="off")
