"""Invoke and InvokeWithResponseStream: call → invocation → response.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html and API_InvokeWithResponseStream.html
"""

import asyncio
import time
from dataclasses import dataclass

from local_lambda.endpoints.lambda_api import errors
from local_lambda.endpoints.lambda_api.describe import FunctionDescription
from local_lambda.endpoints.lambda_api.names import LATEST, FunctionReference
from local_lambda.endpoints.lambda_api.request import InvokeRequest, invoke_request
from local_lambda.endpoints.lambda_api.response import (
    BufferedInvokeResponse,
    InvokeResponse,
    StreamedInvokeResponse,
)
from local_lambda.endpoints.request import Trace, read_body
from local_lambda.endpoints.response import content_length
from local_lambda.http.exchange import Exchange
from local_lambda.http.message import Headers, HttpResponse
from local_lambda.model.limits import Limits
from local_lambda.platform.function import Function, Running, Throttled
from local_lambda.platform.invocation import Invocation

_ASYNCHRONOUS = "the asynchronous invocation failed; AWS would retry it twice, after one and two minutes"


@dataclass(frozen=True)
class ApiFunction:
    """A function that the API serves."""

    description: FunctionDescription
    function: Function


@dataclass(frozen=True)
class Call:
    """A request for one function."""

    exchange: Exchange
    target: ApiFunction
    reference: FunctionReference
    request_id: str
    limits: Limits


async def invoke(call: Call) -> None:
    """RequestResponse, Event or DryRun. Raises ApiError."""
    request = await _request(call)
    if request.invocation_type == "DryRun":
        respond(call.exchange, HttpResponse(204), call.request_id)
    elif request.invocation_type == "Event":
        _invoke_asynchronously(call, request)
    else:
        await _admit(call)
        invocation, response = _invocation(call, request), BufferedInvokeResponse()
        log = await _log_after(call.target.function.invoke(invocation, response), request)
        response.send(call.exchange, _headers(invocation), log)


def _invoke_asynchronously(call: Call, request: InvokeRequest) -> None:
    response, log = InvokeResponse(), call.target.function.log
    running = call.target.function.invoke(_invocation(call, request), response)
    running.reported.add_done_callback(lambda _: log.warning(_ASYNCHRONOUS) if response.error else None)
    respond(call.exchange, HttpResponse(202), call.request_id)


async def invoke_with_response_stream(call: Call) -> None:
    """RequestResponse or DryRun. Raises ApiError."""
    request = await _request(call)
    if request.invocation_type == "Event":
        raise errors.invalid_parameter("InvocationType must be RequestResponse or DryRun, not Event")
    if request.invocation_type == "DryRun":
        respond(call.exchange, HttpResponse(204), call.request_id)
        return
    await _admit(call)
    invocation = _invocation(call, request, streaming=True)
    call.exchange.invoked(invocation.request_id)
    response = StreamedInvokeResponse(call.exchange, _headers(invocation))
    running = call.target.function.invoke(invocation, response)
    await response.complete(await _log_after(running, request))


async def _request(call: Call) -> InvokeRequest:
    body = await read_body(call.exchange, call.limits.request)
    return invoke_request(call.exchange.request, body, call.limits)


async def _admit(call: Call) -> None:
    try:
        await call.target.function.admit()
    except Throttled as error:
        raise errors.too_many_requests(str(error)) from error


def respond(exchange: Exchange, response: HttpResponse, request_id: str) -> None:
    """Send a whole response."""
    headers = [("x-amzn-RequestId", request_id), *response.headers, *content_length(response)]
    exchange.respond(response.status, headers, response.body)


def _invocation(call: Call, request: InvokeRequest, *, streaming: bool = False) -> Invocation:
    sent = call.exchange.request.header("x-amzn-trace-id")
    trace = Trace.of(sent, time.time_ns() // 1_000_000)
    return Invocation(
        call.request_id,
        request.event,
        trace.header,
        call.reference.qualifier,
        request.client_context,
        streaming=streaming,
        tenant_id=request.tenant_id,
    )


async def _log_after(running: Running, request: InvokeRequest) -> bytes | None:
    """Wait for the response's end and, for those who want the log, for its last line."""
    await running.responded.wait()
    return await asyncio.shield(running.reported) if request.wants_log else None


def _headers(invocation: Invocation) -> Headers:
    return [
        ("x-amzn-RequestId", invocation.request_id),
        ("X-Amzn-Trace-Id", invocation.trace_id),
        ("X-Amz-Executed-Version", LATEST),
    ]
