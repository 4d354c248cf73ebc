"""How a function's response reaches a terminal: its body as it comes, its prelude only on request."""

from collections.abc import Awaitable, Callable

from local_lambda.cli.stdout import StandardOutput
from local_lambda.endpoints.prelude import INTEGRATION_CONTENT_TYPE, PreludeDecoder, PreludeError
from local_lambda.platform.invocation import FunctionError, ResponseHead

# As curl does, and for its reason.
_BINARY = (
    "Warning: the response is binary, which could disturb your terminal: it is not shown. Send it to a file "
    "(> FILE), or through a pipe (| cat) to see it all the same"
)

_Tell = Callable[[list[str]], Awaitable[None]]


class PrintedResponse:
    """Writes the body after its head: `tell` writes the lines of that, and returns when they are written."""

    def __init__(self, output: StandardOutput, tell: _Tell, warn: Callable[[str], None]) -> None:
        self._output = output
        self._tell = tell
        self._warn = warn
        self._is_hidden = False
        self._decoder: PreludeDecoder | None = None
        self.failure: str | None = None
        """Why the invocation has failed."""

    async def start(self, head: ResponseHead) -> None:
        """Note whether a prelude is to come."""
        if head.content_type == INTEGRATION_CONTENT_TYPE:
            self._decoder = PreludeDecoder()
        elif head.content_type:
            await self._tell([f"< Content-Type: {head.content_type}"])

    async def write(self, data: bytes) -> None:
        """Write some of the body."""
        if self.failure is None:
            body = await self._body(data)
            if not self._is_hidden and self._output.is_terminal and b"\0" in body:
                self._is_hidden = True
                self._warn(_BINARY)
            if not self._is_hidden:
                await self._output.write(body)

    def end(self, error: FunctionError | None) -> None:
        """Remember how it ended."""
        try:
            if self._decoder is not None and self.failure is None and error is None:
                self._decoder.finish()
        except PreludeError as invalid:
            self.failure = f"the prelude is not valid: {invalid}"
        if error is not None:
            self.failure = str(error)

    async def _body(self, data: bytes) -> bytes:
        if self._decoder is None or self._decoder.prelude is not None:
            return data
        try:
            body = self._decoder.feed(data)
        except PreludeError as invalid:
            self.failure = f"the prelude is not valid: {invalid}"
            return b""
        await self._tell(_head(self._decoder))
        return body


def _head(decoder: PreludeDecoder) -> list[str]:
    prelude = decoder.prelude
    if prelude is None:
        return []
    headers = [f"< {name}: {value}" for name, value in prelude.headers.items()]
    return [f"< {prelude.status}", *headers, *(f"< Set-Cookie: {cookie}" for cookie in prelude.cookies)]
