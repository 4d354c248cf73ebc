"""Startup and reload messages."""

from collections.abc import Iterable
from pathlib import Path

from local_lambda.cli.deployment import Deployment
from local_lambda.http.host_check import is_loopback
from local_lambda.log.terminal import Terminal

# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
_INVOKE_PATH = "/2015-03-31/functions/{}/invocations"


class Banner:
    """Writes each message once."""

    def __init__(self, terminal: Terminal, deployment: Deployment, api: str) -> None:
        self._terminal = terminal
        self._deployment = deployment
        self._api = api
        self._said: set[str] = set()
        self._written: set[tuple[str, str, str]] = set()

    def started(self, template: Path, notices: Iterable[str], host: str) -> None:
        """Write that everything is served, at that host."""
        self._terminal.line(f"Serving {template}")
        self._notes(notices)
        self._terminal.line(f"Lambda API at {self._api}", url=self._api)
        self._served()
        self._warn_of(host)
        self._terminal.line("Ready")

    def reloaded(self, what: str, changed: Iterable[Path], notices: Iterable[str]) -> None:
        """Write what is served now that these files have changed."""
        names = sorted({path.name for path in changed})
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        self._notes(notices)
        self._terminal.line(f"Reloaded {what}: {names[0]}{more} changed")
        self._served()

    def _warn_of(self, host: str) -> None:
        if is_loopback(host):
            return
        public = [one.name for one in self._deployment.endpoints if one.is_public]
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

    def _served(self) -> None:
        """Write where clients reach what is new, and how to invoke what has no URL."""
        invoke = "curl -d '{{}}' " + self._api + _INVOKE_PATH
        others = self._deployment.without_endpoint
        rows = [(one.name, one.mode, one.url) for one in self._deployment.endpoints]
        rows += [(one.logical_id, "no URL", invoke.format(one.name)) for one in others]
        new = [row for row in rows if row not in self._written]
        widths = [max((len(row[column]) for row in new), default=0) for column in (0, 1)]
        for name, mode, place in new:
            line = f"{name:{widths[0]}}  {mode:{widths[1]}}  {place}"
            self._terminal.line(line, function=name, **({} if mode == "no URL" else {"url": place}))
            self._written.add((name, mode, place))
