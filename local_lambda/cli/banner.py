"""Startup and reload messages."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from local_lambda.endpoints.endpoint import Endpoint, address
from local_lambda.http.host_check import is_loopback
from local_lambda.log.terminal import Terminal


class Banner:
    """Writes each message once."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._said: set[str] = set()
        self._urls: set[tuple[str, str]] = set()

    def started(
        self, template: Path, endpoints: Sequence[Endpoint], notices: Iterable[str], *, host: str, port: int
    ) -> None:
        """Write that everything is served, the Lambda API at that host and port."""
        self._terminal.line(f"Serving {template}")
        self._notes(notices)
        api = address(host, port)
        self._terminal.line(f"Lambda API at {api}", url=api)
        self._endpoints(endpoints)
        self._warn_of(host, endpoints)
        self._terminal.line("Ready")

    def reloaded(
        self, what: str, changed: Iterable[Path], endpoints: Sequence[Endpoint], notices: Iterable[str]
    ) -> None:
        """Write what is served now that these files have changed."""
        names = sorted({path.name for path in changed})
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        self._notes(notices)
        self._terminal.line(f"Reloaded {what}: {names[0]}{more} changed")
        self._endpoints(endpoints)

    def _warn_of(self, host: str, endpoints: Sequence[Endpoint]) -> None:
        if is_loopback(host):
            return
        public = [one.name for one in endpoints if one.is_public]
        others = f" and call {', '.join(public)}" if public else ""
        self._terminal.line(
            f"Warning: at {host}, whoever reaches this machine can invoke every function through the "
            f"Lambda API{others} without credentials"
        )

    def say(self, text: str) -> None:
        """Write this, whether it has been written before or not."""
        self._terminal.line(text)

    def _notes(self, notices: Iterable[str]) -> None:
        for notice in notices:
            if notice not in self._said:
                self._terminal.line(f"Note: {notice}")
                self._said.add(notice)

    def _endpoints(self, endpoints: Sequence[Endpoint]) -> None:
        new = [one for one in endpoints if (one.name, one.url + one.mode) not in self._urls]
        names = max((len(one.name) for one in new), default=0)
        modes = max((len(one.mode) for one in new), default=0)
        for one in new:
            line = f"{one.name:{names}}  {one.mode:{modes}}  {one.url}"
            self._terminal.line(line, function=one.name, url=one.url)
            self._urls.add((one.name, one.url + one.mode))
