"""The Runtime API of an execution environment that serves one invocation at a time.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import asyncio

from local_lambda.http.exchange import Exchange
from local_lambda.log.terminal import FunctionLog
from local_lambda.model.limits import LIMITS, Limits
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseReceiver
from local_lambda.platform.runtime_api.base import BaseRuntimeApi
from local_lambda.platform.runtime_api.replies import read_all, reject
from local_lambda.platform.runtime_api.response import Current
from local_lambda.platform.runtime_api.states import INVALID_REQUEST_ID, State, allowed, invalid_transition


class RuntimeApi(BaseRuntimeApi):
    """The server from which one runtime gets its invocations."""

    def __init__(self, function_arn: str, log: FunctionLog, limits: Limits = LIMITS) -> None:
        super().__init__(function_arn, log, limits)
        self._state = State.STARTED
        self._current: Current | None = None
        self._asking: dict[asyncio.Future[None], Exchange] = {}
        """The GET /next that have no reply yet."""
        self._ended: asyncio.Future[FunctionError | None] = asyncio.get_running_loop().create_future()
        # Of two posts for an invocation the second waits for the first, and is then rejected (seen in RIE).
        self._posting = asyncio.Lock()

    def hand_over(
        self, invocation: Invocation, deadline_ms: int, receiver: ResponseReceiver
    ) -> asyncio.Future[FunctionError | None]:
        """Give the waiting runtime an invocation, at once; the future is done when it asks for the next one.

        The receiver has had its `end` by then. Its result is the error that ended the invocation, if any.
        """
        current = Current(invocation=invocation, deadline_ms=deadline_ms, receiver=receiver)
        self._current = current
        self._ended = asyncio.get_running_loop().create_future()
        self._state = State.RUNNING
        for replied, exchange in self._asking.items():
            self._reply_with(current, exchange)
            replied.set_result(None)
        self._asking.clear()
        return self._ended

    async def settle(self) -> None:
        """Read what an exited process has left in its sockets."""
        await super().settle()
        async with self._posting:
            pass

    async def abort(self, error: FunctionError) -> None:
        """End the current response, unless it has ended: the runtime will not."""
        await self._server.drop_connections()
        if self._current is not None:
            self._current.end(error)

    async def _next(self, exchange: Exchange) -> None:
        if not allowed(self._state, State.READY):
            reject(exchange, invalid_transition(self._state, State.READY))
            return
        if self._state is not State.RUNNING:
            self._become_ready()
        if self._current is not None:
            self._reply_with(self._current, exchange)
            return
        replied = asyncio.get_running_loop().create_future()
        self._asking[replied] = exchange
        try:
            await replied
        finally:
            self._asking.pop(replied, None)

    def _become_ready(self) -> None:
        if self._state is State.STARTED and not self._initialised.done():
            self._initialised.set_result(None)
        if self._current is not None and not self._ended.done():
            self._ended.set_result(self._current.error)
        self._current = None
        self._state = State.READY

    async def _init_error(self, exchange: Exchange) -> None:
        body = await read_all(exchange)
        if not allowed(self._state, State.INIT_ERROR):
            reject(exchange, invalid_transition(self._state, State.INIT_ERROR))
            return
        self._state = State.INIT_ERROR
        self._fail_init(exchange, body)

    async def _post(self, exchange: Exchange, request_id: str, kind: str) -> None:
        async with self._posting:
            current = self._current
            wanted = State.RESPONDING if kind == "response" else State.ERROR_RESPONDING
            if current is None or current.invocation.request_id != request_id:
                reject(exchange, INVALID_REQUEST_ID)
            elif not allowed(self._state, wanted):
                reject(exchange, invalid_transition(self._state, wanted))
            else:
                self._state = wanted
                try:
                    await self._take(exchange, current, kind)
                except Exception as error:
                    self._state = State.RESPONSE_SENT
                    current.end(FunctionError.internal(request_id, error))
                    raise

    async def _take(self, exchange: Exchange, current: Current, kind: str) -> None:
        if kind == "error":
            await self._taker.error(exchange, current)
            self._state = State.RESPONSE_SENT
        elif await self._taker.response(exchange, current):
            self._state = State.RESPONSE_SENT
        # Else the mode was invalid: the state stays, and the next GET /next is rejected (seen in RIE).
