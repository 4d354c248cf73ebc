"""A model that needs neither account nor money: the same answer to the same message, at a model's pace."""

import time
from collections.abc import Iterator

SECONDS_A_TOKEN = 0.05


class StandIn:
    """Tells what it is, and the message back to front."""

    def tokens(self, message: str) -> Iterator[str]:
        """Give the answer word by word."""
        words = " ".join(reversed(message.split()))
        answer = f"No model is connected; I can only say it the other way round:\n{words}\n(That is all.)"
        for number, token in enumerate(answer.split(" ")):
            if number:
                time.sleep(SECONDS_A_TOKEN)
            yield f" {token}" if number else token
