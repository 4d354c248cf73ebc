"""What the terminal says of that which is served, at the start and after each change."""

from collections.abc import Iterable
from pathlib import Path

from local_lambda.cli.deployment import Deployment, Endpoint, address
from local_lambda.http.host_check import is_loopback
from local_lambda.log.terminal import Terminal
from local_lambda.process.prepare import Planner
from local_lambda.sam.template import Template


class Banner:
    """Says everything once."""

    def __init__(self, deployment: Deployment, planner: Planner, terminal: Terminal) -> None:
        self._deployment = deployment
        self._planner = planner
        self._terminal = terminal
        self._said: set[str] = set()
        self._urls: set[tuple[str, str]] = set()

    def started(self, template: Template, port: int, host: str = "127.0.0.1") -> None:
        """Everything is served."""
        self._terminal.line(f"Serving {template.path}")
        self._notes(template)
        api = address(host, port)
        self._terminal.line(f"Lambda API at {api}", url=api)
        self._endpoints()
        self._warn_of(host)
        self._terminal.line("Ready")

    def reloaded(self, template: Template, what: str, changed: Iterable[Path]) -> None:
        """Something else is served because these files have changed."""
        names = sorted({path.name for path in changed})
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        self._notes(template)
        self._terminal.line(f"Reloaded {what}: {names[0]}{more} changed")
        self._endpoints()

    def _warn_of(self, host: str) -> None:
        if is_loopback(host):
            return
        public = [_name(one) for one in self._deployment.endpoints if one.is_public]
        others = f" and call {', '.join(public)}" if public else ""
        self._terminal.line(
            f"Warning: at {host}, whoever reaches this machine can invoke every function through the "
            f"Lambda API{others} without credentials"
        )

    def say(self, text: str) -> None:
        """Say this, whether it has been said before or not."""
        self._terminal.line(text)

    def _notes(self, template: Template) -> None:
        for notice in [*template.notices, *self._planner.notices]:
            if notice not in self._said:
                self._terminal.line(f"Note: {notice}")
                self._said.add(notice)
        self._planner.notices.clear()

    def _endpoints(self) -> None:
        new = [
            one for one in self._deployment.endpoints if (_name(one), one.url + one.mode) not in self._urls
        ]
        names = max((len(_name(one)) for one in new), default=0)
        modes = max((len(one.mode) for one in new), default=0)
        for one in new:
            line = f"{_name(one):{names}}  {one.mode:{modes}}  {one.url}"
            self._terminal.line(line, function=_name(one), url=one.url)
            self._urls.add((_name(one), one.url + one.mode))


def _name(endpoint: Endpoint) -> str:
    return endpoint.configuration.logical_id
