"""Ports that can be used, and the sentence for those that cannot."""

from __future__ import annotations

import socket

import pytest

from local_lambda.cli.ports import check_free
from local_lambda.model.function import ConfigurationError
from tools.local_lambda_process import free_ports


def test_free_ports_stay_free() -> None:
    first = free_ports(3)
    check_free("127.0.0.1", first, 2)
    check_free("localhost", first, 2)


@pytest.mark.parametrize("offset", [0, 2])
def test_a_port_that_is_taken(offset: int) -> None:
    first = free_ports(4)
    with socket.create_server(("127.0.0.1", first + offset)):
        with pytest.raises(ConfigurationError, match=f"^Port {first + offset} is taken: choose another with"):
            check_free("127.0.0.1", first, 2)
        check_free("127.0.0.1", first + offset + 1, 0)


@pytest.mark.parametrize(
    ("host", "first", "sentence"),
    [
        ("127.0.0.1", 0, "--port must be from 1 to 65533: 2 function URLs and REST APIs follow it."),
        ("127.0.0.1", 65534, "--port must be from 1 to 65533: 2 function URLs and REST APIs follow it."),
        ("192.0.2.1", 20000, "--host 192.0.2.1 is no address of this machine."),
        ("no.such.host.invalid", 20000, "--host no.such.host.invalid is no address of this machine."),
    ],
)
def test_what_is_no_port_or_address(host: str, first: int, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        check_free(host, first, 2)
    assert str(raised.value) == sentence
