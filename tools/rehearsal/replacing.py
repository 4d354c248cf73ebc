"""How moto's classes and modules get other members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_Class = TypeVar("_Class", bound=type)


def replaces(*originals: Any) -> Callable[[_Class], _Class]:
    """Put the members of the decorated class in the place of those of moto's classes or modules."""

    def put(replacement: _Class) -> _Class:
        for name, member in vars(replacement).items():
            if not name.startswith("__"):
                for original in originals:
                    setattr(original, name, member)
        return replacement

    return put
