"""The log of an environment that serves many invocations at once: whose line it is, the line itself says.

On Lambda Managed Instances logs are JSON, with a requestId in each line:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-runtimes.html
"""

import json

from local_lambda.log.terminal import EnvironmentLog, FunctionLog

_REQUEST_ID = ("requestId", "AWSRequestId")


class ManagedLog(FunctionLog):
    """The part of a function's log that one such environment writes."""

    def __init__(self, log: FunctionLog) -> None:
        super().__init__(log.terminal, log.name, log.history)
        self._invocations: dict[str, EnvironmentLog] = {}

    def begin(self, request_id: str) -> EnvironmentLog:
        """Return the log of an invocation that begins."""
        log = self._invocations[request_id] = EnvironmentLog(self)
        log.begin(request_id)
        return log

    def end(self, request_id: str, error: tuple[str, bytes] | None = None) -> None:
        """Assign nothing more to an invocation; ``error`` is the type and the JSON of its failure."""
        self._invocations.pop(request_id).end(error)

    def write(self, text: str) -> None:
        """Write a line of the function."""
        owner = self._invocations.get(_request_id(text))
        if owner is None and len(self._invocations) == 1:
            (owner,) = self._invocations.values()
        if owner is None:
            super().write(text)
        else:
            owner.write(text)


def _request_id(line: str) -> str:
    """Return the id that a line of JSON has; an empty string for any other line."""
    if not line.startswith("{"):
        return ""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    return next((value for key in _REQUEST_ID if isinstance(value := document.get(key), str)), "")
