"""A quarter of a minute of the runtime's soak, or SOAK_SECONDS of it, and what it would notice."""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.runtime_api_server import Exchange
from tests.support.runtime_process import ROOT
from tests.support.soak import SECONDS
from tools.soak.figures import Size
from tools.soak.runtime import KINDS, check
from tools.soak.wrong import Wrong

EVENT = {"kind": "written", "seed": 7, "size": 1000}
FAILING = {"kind": "error", "seed": 7, "size": 1000}
DATA = random.Random(7).randbytes(1000)
TOLD = {
    "lambda-runtime-function-error-body": base64.b64encode(
        json.dumps({"errorMessage": "7"}).encode()
    ).decode()
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the figures are read from /proc")
def test_every_kind() -> None:
    command = [sys.executable, "-m", "tools.soak.runtime", "--minutes", str(SECONDS / 60)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(f" {kind}" in done.stdout.splitlines()[-1] for kind in KINDS)


def answer(body: bytes, trailers: dict[str, str] | None = None, *, complete: bool = True) -> Exchange:
    headers = {"content-type": "application/octet-stream"}
    return Exchange("POST", "/invocation/id/response", headers, [(0.0, body)], trailers or {}, complete)


def test_a_right_response_is_none_to_complain_of() -> None:
    check(EVENT, answer(DATA))
    check(FAILING, answer(DATA, TOLD))
    check({**EVENT, "kind": "cut"}, answer(DATA[:10], complete=False))


@pytest.mark.parametrize(
    ("event", "given"),
    [
        (EVENT, answer(DATA[:-1])),
        (EVENT, answer(DATA[:-1] + b"?")),
        (EVENT, answer(DATA, complete=False)),
        (EVENT, answer(DATA, TOLD)),
        (FAILING, answer(DATA)),
        (FAILING, answer(DATA[1:], TOLD)),
        ({**EVENT, "kind": "cut"}, answer(DATA[:10])),
        ({**EVENT, "kind": "cut"}, answer(b"?", complete=False)),
    ],
)
def test_a_wrong_response_is_noticed(event: dict[str, Any], given: Exchange) -> None:
    with pytest.raises(Wrong):
        check(event, given)


@pytest.mark.parametrize("grown", [Size(50_000, 7, 2), Size(30_000, 8, 2), Size(30_000, 7, 3)])
def test_a_process_that_grows_is_noticed(grown: Size) -> None:
    Size(35_000, 7, 2).check(Size(30_000, 7, 2))
    with pytest.raises(Wrong, match="grown"):
        grown.check(Size(30_000, 7, 2))
