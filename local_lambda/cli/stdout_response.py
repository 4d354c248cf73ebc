"""How a function's response reaches a terminal: its body as it comes, its prelude only on request."""

from collections.abc import Callable

from local_lambda.cli.stdout import StandardOutput
from local_lambda.endpoints.prelude import INTEGRATION_CONTENT_TYPE, Prelude, PreludeDecoder, PreludeError
from local_lambda.platform.invocation import FunctionError, ResponseHead


class PrintedResponse:
    """Writes the body; `tell` gets the lines of the head."""

    def __init__(self, output: StandardOutput, tell: Callable[[str], None]) -> None:
        self._output = output
        self._tell = tell
        self._decoder: PreludeDecoder | None = None
        self.failure: str | None = None
        """Why the invocation has failed."""

    async def start(self, head: ResponseHead) -> None:
        """Note whether a prelude is to come."""
        if head.content_type == INTEGRATION_CONTENT_TYPE:
            self._decoder = PreludeDecoder()
        elif head.content_type:
            self._tell(f"< Content-Type: {head.content_type}")

    async def write(self, data: bytes) -> None:
        """Write some of the body."""
        if self.failure is None:
            await self._output.write(self._body(data))

    def end(self, error: FunctionError | None) -> None:
        """Remember how it ended."""
        try:
            if self._decoder is not None and self.failure is None and error is None:
                self._decoder.finish()
        except PreludeError as invalid:
            self.failure = f"the prelude is not valid: {invalid}"
        if error is not None:
            self.failure = str(error)

    def _body(self, data: bytes) -> bytes:
        if self._decoder is None or self._decoder.prelude is not None:
            return data
        try:
            return self._feed(self._decoder, data)
        except PreludeError as invalid:
            self.failure = f"the prelude is not valid: {invalid}"
            return b""

    def _feed(self, decoder: PreludeDecoder, data: bytes) -> bytes:
        body = decoder.feed(data)
        if decoder.prelude is not None:
            self._tell_head(decoder.prelude)
        return body

    def _tell_head(self, prelude: Prelude) -> None:
        self._tell(f"< {prelude.status}")
        for name, value in prelude.headers.items():
            self._tell(f"< {name}: {value}")
        for cookie in prelude.cookies:
            self._tell(f"< Set-Cookie: {cookie}")
