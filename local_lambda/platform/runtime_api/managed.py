"""The Runtime API of an environment on Lambda Managed Instances: many invocations at once.

Every GET /next is a worker that is free. The rules are those of the Runtime Interface Emulator
(internal/lambda-managed-instances/invoke) and of the documentation:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-execution-environment.html
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from local_lambda.http.exchange import Exchange
from local_lambda.log.terminal import FunctionLog
from local_lambda.model.limits import LIMITS, Limits
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseReceiver, deadline_ms
from local_lambda.platform.runtime_api.base import BaseRuntimeApi
from local_lambda.platform.runtime_api.replies import read_all, reject
from local_lambda.platform.runtime_api.response import Current
from local_lambda.platform.runtime_api.states import (
    INVALID_REQUEST_ID,
    INVOKE_TIMEOUT,
    State,
    invalid_transition,
)


def _future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


@dataclass(kw_only=True, eq=False)
class Turn(Current):
    """An invocation's way through the environment."""

    seconds: float
    """The function's timeout, which begins when a worker gets the invocation."""
    delivered: asyncio.Future[None] = field(default_factory=_future)
    finished: asyncio.Future[None] = field(default_factory=_future)
    """The response has ended, and the runtime has its reply."""
    post: asyncio.Timeout | None = None
    """The runtime's post, once it has begun; to reschedule it to now breaks it off."""


class ManagedRuntimeApi(BaseRuntimeApi):
    """The server from which the workers of one runtime get their invocations."""

    def __init__(self, function_arn: str, log: FunctionLog, limits: Limits = LIMITS) -> None:
        super().__init__(function_arn, log, limits)
        self._free: deque[asyncio.Future[Turn | None]] = deque()
        self._waiting: deque[Turn] = deque()
        self._running: dict[str, Turn] = {}
        self._late: set[str] = set()

    @property
    def late(self) -> int:
        """How many workers are still at invocations that have timed out."""
        return len(self._late)

    def hand_over(self, invocation: Invocation, receiver: ResponseReceiver, seconds: float) -> Turn:
        """Give an invocation to the next worker that is free."""
        turn = Turn(invocation=invocation, receiver=receiver, deadline_ms=0, seconds=seconds)
        self._waiting.append(turn)
        self._deliver()
        return turn

    def give_up(self, turn: Turn, error: FunctionError) -> None:
        """End an invocation that no worker takes, or that takes too long: its worker is not disturbed."""
        turn.end(error)
        if turn in self._waiting:
            self._waiting.remove(turn)
        elif self._running.pop(turn.invocation.request_id, None) is not None:
            if turn.post is None:
                self._late.add(turn.invocation.request_id)
            else:
                turn.post.reschedule(asyncio.get_running_loop().time())

    def _deliver(self) -> None:
        while self._free and self._waiting:
            worker, turn = self._free.popleft(), self._waiting.popleft()
            turn.deadline_ms = deadline_ms(time.time(), turn.seconds)
            self._running[turn.invocation.request_id] = turn
            worker.set_result(turn)
            turn.delivered.set_result(None)

    async def _next(self, exchange: Exchange) -> None:
        if not self._initialised.done():
            self._initialised.set_result(None)
        worker: asyncio.Future[Turn | None] = asyncio.get_running_loop().create_future()
        self._free.append(worker)
        self._deliver()
        with exchange.when_left(lambda: self._leave(worker)):
            turn = await worker
        if turn is not None:
            self._reply_with(turn, exchange)

    def _leave(self, worker: asyncio.Future[Turn | None]) -> None:
        if not worker.done():
            self._free.remove(worker)
            worker.set_result(None)

    async def _init_error(self, exchange: Exchange) -> None:
        body = await read_all(exchange)
        if self._initialised.done():  # another worker is ready, or has failed before
            reject(exchange, invalid_transition(State.READY, State.INIT_ERROR))
            return
        self._fail_init(exchange, body)

    async def _post(self, exchange: Exchange, request_id: str, kind: str) -> None:
        turn = self._running.get(request_id)
        if turn is None and request_id in self._late:
            self._late.remove(request_id)
            reject(exchange, INVOKE_TIMEOUT)
        elif turn is None or turn.post is not None:
            reject(exchange, INVALID_REQUEST_ID)
        else:
            try:
                async with asyncio.timeout(None) as turn.post:
                    await (self._taker.error if kind == "error" else self._taker.response)(exchange, turn)
            except TimeoutError:
                reject(exchange, INVOKE_TIMEOUT)
            except Exception as error:
                turn.end(FunctionError.internal(request_id, error))
                raise
            finally:
                self._running.pop(request_id, None)
                turn.finished.set_result(None)
