"""Lambda's end of the log of managed instances: _LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET."""

from __future__ import annotations

import socket
import threading
from pathlib import Path


class LogSockets:
    """The socket by which each process of a managed instance gets its own streams to the log."""

    def __init__(self, path: Path) -> None:
        self.received: list[bytes] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()
        self._readers: list[threading.Thread] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            reader = threading.Thread(target=self._read, args=(connection,))
            self._readers.append(reader)
            reader.start()

    def _read(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as file:
            self.received.append(file.read())

    def close(self) -> list[str]:
        """Return what came on each connection: to be called once the processes have ended."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for reader in self._readers:
            reader.join(timeout=20)
        return [data.decode() for data in self.received]
