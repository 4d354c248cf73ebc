"""The process that `preloaded.py` starts: it imports the local Lambda once, and forks to start it."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys

import samcli.lib.providers.sam_function_provider  # noqa: F401 - the most of it

from local_lambda.__main__ import run

_MESSAGE_BYTES = 1 << 20


def serve(listener: socket.socket) -> None:
    """Fork for each connection until stdin ends, which is the tests' end; return in what was started."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever reports an exit status needs no burial
    while True:
        readable, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in readable:
            os._exit(0)
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            start(connection)
            return
        connection.close()


def start(connection: socket.socket) -> None:
    """Fork once more: the child becomes what was asked for and returns; here its end is awaited, and told."""
    message, descriptors, _, _ = socket.recv_fds(connection, _MESSAGE_BYTES, 3)
    asked = json.loads(message)
    if pid := os.fork():
        connection.sendall(b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    connection.close()
    for target, descriptor in enumerate(descriptors):
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.chdir(asked["directory"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    sys.argv[1:] = asked["arguments"]


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
    sys.exit(run())
