"""How many invocations a function may have at once: its reserved concurrency.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html. The requests per second, of which
Lambda allows ten times as many, are not counted.
"""

from local_lambda.endpoints.function_url.errors import RESERVED_CONCURRENCY


class Throttled(Exception):
    """There is no room for another invocation; the text is AWS's name for the limit."""

    def __init__(self) -> None:
        super().__init__(RESERVED_CONCURRENCY)


def has_room(running: int, reserved: int | None) -> bool:
    """Whether an invocation may begin beside so many others; a reservation of 0 turns the function off."""
    return reserved is None or running < reserved
