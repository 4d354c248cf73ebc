"""The runtime's own exceptions."""

from __future__ import annotations


class InvalidStreamingOperation(ValueError):
    """The response stream was used out of order, such as written to after its end.

    Node.js calls the same Runtime.InvalidStreamingOperation; Python's files raise ValueError.
    """


class RuntimeFault(Exception):
    """A failure that the runtime itself reports, under one of Lambda's ``Runtime.*`` error types."""

    def __init__(self, error_type: str, message: str, stack_trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.stack_trace = stack_trace or []


class RuntimeApiError(Exception):
    """The Runtime API cannot be reached, or replied what this runtime cannot go on from."""
