"""The FastAPI application behind mangum, which buffers."""

from fast import app
from mangum import Mangum

handler = Mangum(app, lifespan="off")
