"""What the runtime sets up around a function: where modules are found, and where its output goes."""

from __future__ import annotations

import gc
import json
import os
import subprocess
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from tests.integration.lambda_streaming.conftest import Start
from tests.support.runtime_process import LAYER, RuntimeProcess

PATHS = """
import os, sys

def handler(event, context):
    return {
        "path": sys.path,
        "prefix": sys.prefix,
        "version": "python%d.%d" % sys.version_info[:2],
        "PYTHONPATH": os.environ.get("PYTHONPATH"),
        "pth": "from-pth" in sys.path[-1] or any("from-pth" in entry for entry in sys.path),
        "modules": sorted(sys.modules),
    }
"""


def paths(runtime: RuntimeProcess) -> Any:
    return runtime.invoke().json


def test_modules_are_looked_for_in_the_order_of_the_managed_runtime(start: Start, interpreter: str) -> None:
    runtime = start(PATHS, interpreter=interpreter, files={"x.pth": "from-pth\n", "from-pth/extra.py": ""})
    found = paths(runtime)
    root = str(runtime.log_path.parent)
    expected = [
        root,
        f"{LAYER}/lib/{found['version']}/site-packages",
        str(LAYER),
        f"{found['prefix']}/lib/{found['version']}/site-packages",
        f"{root}/no-such-runtime-dir",
    ]
    assert found["path"][:5] == expected
    assert found["path"].count(str(LAYER)) == 1
    assert f"{root}/from-pth" in found["path"]
    assert found["PYTHONPATH"] == f"{root}/no-such-runtime-dir"
    assert not any(entry.endswith("/lambda_streaming") for entry in found["path"])


def test_a_given_pythonpath_is_kept(start: Start) -> None:
    runtime = start(PATHS, environment={"PYTHONPATH": "/given"})
    found = paths(runtime)
    assert found["path"][0] == str(runtime.log_path.parent)
    assert "/given" in found["path"]
    assert str(LAYER) in found["path"]


def test_a_cold_start_imports_no_more_than_it_needs(start: Start, interpreter: str) -> None:
    # Not counting what this machine's Python imports at any start, for the .pth files of its site-packages.
    listing = subprocess.run(
        [interpreter, "-c", "import sys; print(*sys.modules)"], stdout=PIPE, text=True, check=True
    )
    modules = set(paths(start(PATHS, interpreter=interpreter))["modules"]) - set(listing.stdout.split())
    # Each costs milliseconds of every cold start; a handler that needs it imports it itself.
    assert not modules & {
        "asyncio",
        "json",
        "logging",
        "socket",
        "traceback",
        "inspect",
        "re",
        "typing",
        "http",
    }


def test_a_function_may_shadow_nothing_of_the_runtime_by_its_own_names(start: Start) -> None:
    names = ("handlers", "errors", "log", "chunked", "pipeline", "prelude", "invocation")
    runtime = start(
        f"import {', '.join(names)}\ndef handler(event, context):\n    return [{', '.join(names)}][0].OWN",
        files={f"{name}.py": "OWN = 'mine'" for name in names},
    )
    assert runtime.invoke().json == "mine"


PRINTING = """
import sys
from lambda_streaming import streamify_response

print("at import")

@streamify_response
def handler(event, context):
    print("without a line break", end="")
    sys.stderr.write(" and on stderr\\n")
    context.log("from the context\\n")
    yield "a"
    if event.get("fail"):
        raise ValueError("failed")
    while event.get("wait"):
        pass
"""


def test_output_is_not_held_back(start: Start) -> None:
    runtime = start(PRINTING)
    runtime.api.invoke({"wait": True})
    runtime.api.started().wait_for(1)
    runtime.process.kill()
    runtime.process.wait()
    assert runtime.log == "at import\nwithout a line break and on stderr\nfrom the context\n"


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_errors_go_to_the_telemetry_descriptor_in_frames(
    start: Start, tmp_path: Path, log_format: str
) -> None:
    telemetry = tmp_path / "telemetry"
    descriptor = os.open(telemetry, os.O_WRONLY | os.O_CREAT)
    try:
        runtime = start(
            PRINTING,
            environment={"_LAMBDA_TELEMETRY_LOG_FD": str(descriptor), "AWS_LAMBDA_LOG_FORMAT": log_format},
            pass_fds=[descriptor],
        )
    finally:
        os.close(descriptor)
    runtime.invoke({"fail": True})
    runtime.invoke()
    frames = []
    data = telemetry.read_bytes()
    while data:
        size = int.from_bytes(data[4:8], "big")
        frames.append((data[:4].hex(), data[16 : 16 + size].decode()))
        data = data[16 + size :]
    errors = [text for kind, text in frames if kind == ("a55a0016" if log_format == "JSON" else "a55a0017")]
    assert len(errors) == 1
    if log_format == "JSON":
        assert json.loads(errors[0])["errorMessage"] == "failed"
    else:
        assert errors[0].startswith("[ERROR] ValueError: failed\nTraceback (most recent call last):\n")
    assert "from the context\n" in [text for _, text in frames]
    assert "failed" not in runtime.log
    assert "at import\n" in runtime.log


THRESHOLDS = list(gc.get_threshold())  # before mypy, in another test of this process, sets others


def test_garbage_is_collected_once_the_function_is_loaded(start: Start) -> None:
    handler = "def handler(event, context): return [AT_IMPORT, list(gc.get_threshold())]"
    runtime = start(f"import gc\nAT_IMPORT = gc.get_threshold()[0]\n{handler}")
    assert runtime.invoke().json == [0, THRESHOLDS]


def test_a_function_s_own_settings_of_the_garbage_collector_stay(start: Start) -> None:
    runtime = start(
        "import gc\ngc.set_threshold(12345)\ndef handler(event, context): return gc.get_threshold()[0]"
    )
    assert runtime.invoke().json == 12345
