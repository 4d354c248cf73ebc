"""A stand-in for a model: it needs no account, and always replies the same to the same message."""

import time
from collections.abc import Iterator

SECONDS_A_TOKEN = 0.05


class StandIn:
    """Says that it is no model, and repeats the message backwards."""

    def tokens(self, message: str) -> Iterator[str]:
        """Yield the reply word by word."""
        words = " ".join(reversed(message.split()))
        reply = f"No model is connected; I can only say it the other way round:\n{words}\n(That is all.)"
        for number, token in enumerate(reply.split(" ")):
            if number:
                time.sleep(SECONDS_A_TOKEN)
            yield f" {token}" if number else token
