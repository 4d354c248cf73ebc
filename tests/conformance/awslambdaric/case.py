"""The records of the corpus: a function, and what is asked of it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One invocation. ``event`` is sent as JSON, or as it is if bytes; a header of None is left out."""

    name: str = "call"
    event: object = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    signal: int | None = None  # sent to the runtime while it waits for this invocation,
    after_log: bytes = b""  # which then comes once this has been logged
    answer: int = 202  # the status that the Runtime API gives to the response

    @property
    def body(self) -> bytes:
        return self.event if isinstance(self.event, bytes) else json.dumps(self.event).encode()


@dataclass(frozen=True)
class Case:
    """A function with ``source`` as its app.py, and the calls made of one execution environment of it."""

    name: str
    source: str
    calls: tuple[Call, ...] = (Call(),)
    environment: Mapping[str, str] = field(default_factory=dict)
    handler: str = "app.handler"
    files: Mapping[str, str] = field(default_factory=dict)
    telemetry: bool = False  # whether Lambda gives a telemetry descriptor
    statuses: Mapping[str, int] = field(default_factory=dict)  # of the Runtime API, by path

    @property
    def sources(self) -> dict[str, str]:
        """All files of the function, by name."""
        return {name: textwrap.dedent(text) for name, text in {"app.py": self.source, **self.files}.items()}


PYTHON_3_11 = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.11"}
PYTHON_3_13 = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.13"}


def results(name: str, source: str, *expressions: str, **settings: Any) -> Case:
    """Return a case whose handler evaluates, one call each, ``expressions`` in the names of ``source``."""
    handler = "\ndef handler(event, context):\n    return eval(event)\n"
    calls = tuple(Call(expression, event=expression) for expression in expressions)
    return Case(name, textwrap.dedent(source) + handler, calls, **settings)


def events(name: str, *bodies: bytes, **settings: Any) -> Case:
    """Return a case whose handler tells, one call each, what it got for the ``bodies`` of events."""
    source = "def handler(event, context):\n    return ascii(event)\n"
    return Case(name, source, tuple(Call(ascii(body)[2:-1][:60], event=body) for body in bodies), **settings)
