"""What every handler with an HTTP client does: pass a function's response on, as it comes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Protocol

from local_lambda.endpoints.streaming import Action, Body, Cut, End, Head, Warn, Whole
from local_lambda.http.exchange import Exchange
from local_lambda.http.message import HttpResponse
from local_lambda.log.terminal import FunctionLog
from local_lambda.platform.invocation import FunctionError, ResponseHead


class Response(Protocol):
    """What turns a function's response into actions for the client: streamed, or collected first."""

    served: bool

    def start(self, head: ResponseHead) -> list[Action]:
        """The runtime has begun its response."""

    def data(self, data: bytes) -> list[Action]:
        """The runtime has sent some bytes of the response."""

    def end(self, error: FunctionError | None) -> list[Action]:
        """The response is complete, or will never be."""

    def client_left(self, unsent: int) -> list[Action]:
        """The client has closed the connection, before it had the last so many bytes of the body."""


@dataclass(frozen=True)
class Patience:
    """How many seconds a function may send nothing, and what is done then."""

    seconds: float
    give_up: Callable[[], list[Action]]


class Client:
    """The client of an exchange, as the receiver of an invocation's response. Close it after use."""

    def __init__(
        self, exchange: Exchange, response: Response, log: FunctionLog, patience: Patience | None = None
    ) -> None:
        self.served = asyncio.Event()
        """Nothing more is going to be sent: the connection is free for the next request."""
        self._exchange = exchange
        self._response = response
        self._log = log
        self._patience = patience
        self._timer: asyncio.TimerHandle | None = None
        self._wait()

    async def start(self, head: ResponseHead) -> None:
        """The runtime has begun its response."""
        self._act(self._response.start(head))

    async def write(self, data: bytes) -> None:
        """Pass the bytes on; a slow client does not make the function an idle one."""
        self.close()
        actions = self._response.data(data)
        more = any(isinstance(action, Body) for action in actions)
        for action in actions:
            if isinstance(action, Body):
                await self._send(action.data)
            else:
                self._do(action, more=more)
        self._note()
        self._wait()

    def end(self, error: FunctionError | None) -> None:
        """Complete the response, or cut it where it stands."""
        self._act(self._response.end(error))

    def close(self) -> None:
        """Stop watching for a function that has fallen silent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        if self._patience is not None and not self.served.is_set():
            loop, give_up = asyncio.get_running_loop(), self._patience.give_up
            self._timer = loop.call_later(self._patience.seconds, lambda: self._act(give_up()))

    async def _send(self, data: bytes) -> None:
        try:
            await self._exchange.write(data)
        except OSError:
            self._act(self._response.client_left(len(data)))

    def _act(self, actions: list[Action]) -> None:
        for action in actions:
            self._do(action)
        self._note()

    def _note(self) -> None:
        if self._response.served:
            self.served.set()

    def _do(self, action: Action, *, more: bool = False) -> None:
        try:
            self._take(action, more)
        except Exception:
            self._exchange.cut()
            self.served.set()
            raise

    def _take(self, action: Action, more: bool) -> None:
        match action:
            case Warn(text):
                self._log.warning(text)
            case Head(status, headers):
                self._exchange.start(status, [_date(), *headers], more=more)
            case End():
                self._exchange.finish()
            case Cut():
                self._exchange.cut()
            case Whole(HttpResponse(status, headers, body)):
                self._exchange.respond(status, [_date(), *headers], body)


def _date() -> tuple[str, str]:
    return ("Date", formatdate(usegmt=True))
