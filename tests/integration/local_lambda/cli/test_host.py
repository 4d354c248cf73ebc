"""`--host`: what is served to other machines, and what is not."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from local_lambda.http.host_check import is_loopback, rejection
from tests.integration.local_lambda.cli.test_start import BARE, URL, function, run
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda, free_ports

APP = "import os\ndef handler(event, context):\n    return os.environ['AWS_LAMBDA_RUNTIME_API']\n"


def test_all_addresses(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    template = tmp_path / "template.yaml"
    template.write_text(function("Runtime: python3.11\n" + URL))
    with LocalLambda(template, "--host", "0.0.0.0", ports=4) as running:
        assert "Warning: at 0.0.0.0, whoever reaches this machine" in running.output
        assert "call SomeFunction without credentials" in running.output
        # This machine by another address.
        other = running.urls["SomeFunction"].replace("127.0.0.1", "127.0.0.2")
        runtime_api = request(other).body.decode()
        address, _, port = runtime_api.rpartition(":")
        assert address == "127.0.0.1"
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", int(port)), timeout=5)


def test_loopback_needs_no_warning(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    (tmp_path / "app.py").write_text(APP)
    template.write_text(function(BARE.format("python3.11", ".")))
    with LocalLambda(template, "--host", "127.0.0.3", ports=4) as running:
        assert "Warning" not in running.output
        assert f"Lambda API at http://127.0.0.3:{running.port}" in running.output


def test_no_address_of_this_machine(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(function("Runtime: python3.11\n" + URL))
    done = run("start", "--template", str(template), "--port", str(free_ports(4)), "--host", "192.0.2.1")
    assert done.stderr == "local_lambda: --host 192.0.2.1 is no address of this machine.\n"
    assert done.returncode == 2


def test_names_stay_refused() -> None:
    assert rejection("10.1.2.3:3000", None, "0.0.0.0") is None
    assert rejection("10.1.2.3:3000", "http://10.1.2.3:3000", "0.0.0.0") is None
    assert rejection("rebound.example:3000", None, "0.0.0.0") is not None
    assert rejection("10.1.2.3:3000", None, "127.0.0.1") is not None
    assert is_loopback("127.0.0.9")
    assert is_loopback("::1")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("10.1.2.3")
