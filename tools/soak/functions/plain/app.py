"""Returns what it gets: a function without the layer's decorator."""

from typing import Any


def handler(event: dict[str, Any], _context: Any) -> Any:
    """Return the body, or the event of an Invoke."""
    return event.get("body", event)
