"""The small function for the managed runtime, importing what many functions import."""

import json
import logging

from small_buffered import handler

__all__ = ["handler", "json", "logging"]
