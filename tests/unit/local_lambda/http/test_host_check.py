"""Which hosts and origins may use the API and the console."""

from __future__ import annotations

import pytest

from local_lambda.http.host_check import rejection


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:3000",
        "127.0.0.1",
        "127.1.2.3:80",
        "localhost:3000",
        "LOCALHOST",
        "a.localhost:1",
        "[::1]:3000",
    ],
)
def test_own_addresses(host: str) -> None:
    assert rejection(host, None) is None
    assert rejection(host, f"http://{host}") is None


@pytest.mark.parametrize(
    "host",
    ["evil.example:3000", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.2:3000", "", "[::2]",
     "user@localhost", "0.0.0.0:3000", "127.0.0.1:3000, evil.example"],
)  # fmt: skip
def test_rebound_names(host: str) -> None:
    assert f"The Host header names {host}: " in (rejection(host, None) or "")


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "https://127.0.0.1:3000",
        "http://127.0.0.1:3001",
        "http://localhost:3000",
    ],
)
def test_foreign_pages(origin: str) -> None:
    assert f"The Origin header names {origin}: " in (rejection("127.0.0.1:3000", origin) or "")
    assert rejection(None, origin) is not None


def test_a_name_of_one_s_own() -> None:
    assert rejection("devbox:3000", None, "devbox") is None
    assert rejection("devbox:3000", None) is not None
    assert rejection(None, None) is None
