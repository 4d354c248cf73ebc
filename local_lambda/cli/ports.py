"""The ports of a template: the Lambda API's, and one after it for each function URL and REST API."""

import errno
import os
import socket

from local_lambda.model.function import ConfigurationError

_LAST_PORT = 65535


def check_range(first: int, last: int, count: int) -> None:
    """Check that there are such ports, for the API and ``count`` others. Raises ConfigurationError."""
    if first < 1 or last > _LAST_PORT:
        raise ConfigurationError(
            f"--port must be from 1 to {_LAST_PORT - count}: {count} function URLs and REST APIs follow it."
        )


def check_free(host: str, first: int, count: int) -> None:
    """Check that the API's port and ``count`` others can be listened at. Raises ConfigurationError."""
    check_range(first, first + count, count)
    _check_each(host, range(first, first + count + 1), "--port")


def check_debug_ports(first: int | None, count: int) -> None:
    """Check that a debugger can come to so many ports. Raises ConfigurationError."""
    if first is None:
        return
    if first < 1 or first + count - 1 > _LAST_PORT:
        raise ConfigurationError(f"--debug must be from 1 to {_LAST_PORT + 1 - count}.")
    _check_each("127.0.0.1", range(first, first + count), "--debug")


def _check_each(host: str, ports: range, option: str) -> None:
    for port in ports:
        try:
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.create_server(address, family=family):
                pass
        except OSError as error:
            raise ConfigurationError(reason(error, port, host, option)) from error


def reason(error: OSError, port: int, host: str, option: str = "--port") -> str:
    """Return why a port cannot be listened at, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: choose another with {option}."
    if error.errno == errno.EADDRNOTAVAIL or not isinstance(error.errno, int) or error.errno < 0:
        return f"--host {host} is no address of this machine."
    return f"Port {port} cannot be used ({os.strerror(error.errno).lower()}): choose another with {option}."
