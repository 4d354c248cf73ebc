"""A proxy before a server, which cuts the next connection after some of what the server sends."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit


class CuttingProxy:
    """To be used in a with statement. ``cuts``: after how many bytes of it each next connection is cut."""

    def __init__(self, server: str) -> None:
        address = urlsplit(server)
        self._server = (address.hostname, address.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts: list[int] = []

    def __enter__(self) -> CuttingProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            threading.Thread(target=self._pass_on, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, cuts: bool) -> None:
        """Pass on what one side sends until it ends, or is to be cut; then end both."""
        passed = 0
        with source, sink:
            try:
                while data := source.recv(65536):
                    sink.sendall(data)
                    passed += len(data)
                    if cuts and self.cuts and passed >= self.cuts[0]:
                        self.cuts.pop(0)
                        break
                for side in (source, sink):
                    side.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the other direction has ended them
