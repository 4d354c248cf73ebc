"""One of the invocations that a process serves at a time: call the handler, bring Lambda what comes of it.

It does what InvocationLoop does, on an event loop that others wait for, and lets nothing out that would end
the process: a SystemExit or a cancellation is an error of this invocation.
"""

from __future__ import annotations

import asyncio

from lambda_streaming import _log, _shared_context, _unmarked
from lambda_streaming._error_document import error_document
from lambda_streaming._error_report import check_reply, error_request, make_context
from lambda_streaming._event_loop import CancelledError, contained
from lambda_streaming._exceptions import RuntimeApiError, RuntimeFault
from lambda_streaming._invocation_loop import BUFFERED
from lambda_streaming._marshal_response import marshal
from lambda_streaming._shared_stream import LoopFlusher, SharedResponseStream
from lambda_streaming._streaming import Streaming

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._context import LambdaContext
    from lambda_streaming._invocation import Invocation
    from lambda_streaming._response_stream import ResponseStream
    from lambda_streaming._runtime_requests import RuntimeRequests
    from lambda_streaming._shared_connection import Connection


class SharedInvocation:
    """An invocation that came by ``connection``, which its response goes back by."""

    def __init__(
        self,
        connection: Connection,
        requests: RuntimeRequests,
        invocation: Invocation,
        handler: Callable[..., Any],
    ) -> None:
        self.is_cut = False  # whether the connection is of no more use
        self._connection = connection
        self._requests = requests
        self._invocation = invocation
        self._handler = handler
        self._flusher = LoopFlusher(asyncio.get_running_loop())
        self._reason: tuple[str, str] | None = None  # of its cancellation: error type and message
        invocation.open_stream = self._open_stream

    async def serve(self) -> None:
        """Serve it, in a task of its own; nothing is raised."""
        _shared_context.enter(self._invocation)
        try:
            await self._respond()
        except (OSError, RuntimeApiError) as error:
            self.is_cut = True
            _log.warning(f"The response was not taken, and this process goes on: {error}")
        except asyncio.CancelledError:  # the handler was done, but not Lambda
            self.is_cut = True
            _log.warning(f"The response was cut before its end: {self._reason and self._reason[1]}")

    def end(self, task: asyncio.Task[None], error_type: str, message: str) -> None:
        """Cancel what ``task`` serves; Lambda is told of an error of that type, and where the handler was."""
        self._reason = (error_type, message)
        task.cancel()

    async def _respond(self) -> None:
        invocation = self._invocation
        try:
            context = make_context(invocation)
            result = await self._call(invocation.event(), context)
            stream = invocation.stream
            if stream is None or not stream.used:
                stream, response = None, marshal(result)
            else:
                Streaming.end(stream, result)
        except Exception as error:
            invocation.is_over = True
            stream = invocation.stream
            if stream is None or stream.abandon():
                await self._post(error_request(self._requests, invocation, error)[0])
                return
            Streaming.fail(stream, error, invocation.request_id)
        invocation.is_over = True
        if stream is not None:
            await self._finish(stream)
            return
        if invocation.stream is not None:
            invocation.stream.abandon()
        await self._post(self._requests.response(invocation, *response))

    async def _call(self, event: Any, context: LambdaContext) -> Any:
        """Return what the handler comes to. Raises nothing but an Exception."""
        try:
            return await contained(self._result(event, context))
        except CancelledError as error:
            if self._reason is None:
                raise
            raise _fault(*self._reason, error) from error
        except Exception:
            raise
        except BaseException as error:
            raise _fault("Runtime.ExitError", f"The handler has raised {error!r}", error) from error

    async def _result(self, event: Any, context: LambdaContext) -> Any:
        result = self._handler(event, context)
        if type(result) not in BUFFERED:
            result = await _unmarked.streamed_here(self._handler, result, context)
        stream = self._invocation.stream
        if isinstance(stream, SharedResponseStream):
            await stream.settle()
        return result

    def _open_stream(self, invocation: Invocation) -> SharedResponseStream:
        """Return the response stream: made by whichever thread first asks for it."""

        def head(content_type: str) -> bytes:
            return self._requests.streaming_head(invocation, content_type)

        stream = SharedResponseStream(self._connection, head, self._flusher)
        if not invocation.is_over:  # else the connection may serve another by now
            self._connection.on_interruption = stream.cut
        return stream

    async def _post(self, request: bytes) -> None:
        reply = await self._connection.exchange(request)
        check_reply(reply.status, reply.text)

    async def _finish(self, stream: ResponseStream) -> None:
        """Read the reply to a streamed response."""
        broken, reply = stream.broken, None
        if broken is None:
            try:
                reply = await self._connection.reply()
            except OSError as error:
                broken = error
        else:
            reply = self._connection.early_reply()
        self.is_cut = broken is not None
        if reply is not None:
            check_reply(reply.status, reply.text)
        else:
            _log.warning(f"The response stream was cut before its end: {broken}")


def _fault(error_type: str, message: str, error: BaseException) -> RuntimeFault:
    """Return what ends an invocation in the place of ``error``, with its stack trace."""
    return RuntimeFault(error_type, message, error_document(error)["stackTrace"])
