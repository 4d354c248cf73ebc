"""What answers a message."""

from collections.abc import Iterator
from typing import Protocol


class ModelFailed(Exception):
    """The answer ends here; the text may be shown to the user."""


class Model(Protocol):
    """A language model, or what stands in for one."""

    def tokens(self, message: str) -> Iterator[str]:
        """Give the answer piece by piece. Raises ModelFailed."""
