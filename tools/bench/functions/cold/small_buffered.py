"""The small function as the managed Python runtime knows it."""


def handler(_event: dict[str, object], _context: object) -> dict[str, object]:
    """Return 1 KB."""
    return {"statusCode": 200, "body": "x" * 1000}
