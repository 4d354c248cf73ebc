"""A function and its execution environments: an idle one is used again, a concurrent invocation gets its own.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

import asyncio

from local_lambda.execution_environment import EnvironmentPlan, ExecutionEnvironment
from local_lambda.invocation import Invocation, ResponseReceiver
from local_lambda.log import FunctionLog


class Function:
    """What the callers of a function invoke."""

    def __init__(self, plan: EnvironmentPlan, log: FunctionLog) -> None:
        self._plan = plan
        self._log = log
        self._idle: list[ExecutionEnvironment] = []
        self._all: set[ExecutionEnvironment] = set()
        self._running: set[asyncio.Task[None]] = set()

    def invoke(self, invocation: Invocation, receiver: ResponseReceiver) -> None:
        """Begin an invocation. It goes on to its end whatever becomes of the caller."""
        task = asyncio.get_running_loop().create_task(self._run(invocation, receiver))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Break off what is running and end every environment."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.gather(*(environment.close() for environment in self._all))
        self._all.clear()

    async def _run(self, invocation: Invocation, receiver: ResponseReceiver) -> None:
        environment = await self._take()
        if await environment.invoke(invocation, receiver):
            self._idle.append(environment)
        else:
            await self._discard(environment)

    async def _take(self) -> ExecutionEnvironment:
        # The one used last, as Lambda does: the others grow cold.
        while self._idle:
            environment = self._idle.pop()
            if environment.alive:
                return environment
            self._log.warning("an idle execution environment had exited; the next one starts")
            await self._discard(environment)
        environment = ExecutionEnvironment(self._plan, self._log)
        self._all.add(environment)
        return environment

    async def _discard(self, environment: ExecutionEnvironment) -> None:
        await environment.close()
        self._all.discard(environment)
