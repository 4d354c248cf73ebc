"""The small function, importing what many functions import."""

import json
import logging

from small_streaming import handler

__all__ = ["handler", "json", "logging"]
