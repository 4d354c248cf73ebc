"""How to start execution environments of a function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local_lambda.process.namespace import Namespace
from local_lambda.process.watchdog import Watchdog


@dataclass(frozen=True, kw_only=True)
class LaunchSpec:
    """The process of an environment, and what the platform has to know of its function."""

    argv: Sequence[str]
    variables: Callable[[str], Mapping[str, str]]
    """Returns the process's environment variables for an AWS_LAMBDA_RUNTIME_API."""
    directory: Path
    function_arn: str
    timeout: int
    """In seconds."""
    memory: int
    """In MB."""
    watchdog: Watchdog
    namespace: Namespace | None = None
    reserved_concurrency: int | None = None
    max_concurrency: int | None = None
    """How many invocations an environment takes at once; None where it is no managed instance's."""
    copies: Sequence[tuple[Path, Path]] = ()
    """Directories that the process runs in the place of their sources: the source, then its copy."""
    made: Sequence[Path] = ()
    """Directories that were made for it."""
    notices: Sequence[str] = ()
    """What the user should know about how the function runs here."""

    @property
    def directories(self) -> set[Path]:
        """What must be there as long as an environment runs by it."""
        return {*self.made, *(copy for _, copy in self.copies)}
