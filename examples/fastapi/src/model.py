"""What replies to a message."""

from collections.abc import Iterator
from typing import Protocol


class ModelFailed(Exception):
    """The reply ends here. The text may be shown to the user."""


class Model(Protocol):
    """A language model, or a stand-in for one."""

    def tokens(self, message: str) -> Iterator[str]:
        """Yield the reply to ``message`` piece by piece. Raises ModelFailed."""
