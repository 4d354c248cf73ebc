"""What the console refuses."""


class ConsoleError(Exception):
    """The page gets this status, and one sentence for its user."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class InvalidConsoleRequest(ConsoleError):
    """The request cannot be sent as it was typed."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)
