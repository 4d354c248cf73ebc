"""Bytes by descriptor."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from local_lambda.log.descriptor import write_all
from tests.support.runtime_process import ROOT


@pytest.mark.parametrize("blocking", [True, False])
def test_every_byte_is_written(blocking: bool) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, blocking)
    data = os.urandom(500_000)  # far more than a pipe holds

    def write() -> None:
        write_all(writer, data)
        os.close(writer)

    writing = threading.Thread(target=write)
    writing.start()
    with open(reader, "rb") as pipe:
        assert pipe.read() == data
    writing.join()


def test_a_reader_that_has_left_is_an_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with pytest.raises(BrokenPipeError):
        write_all(writer, b"x")
    os.close(writer)


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_the_standard_descriptors_are_nobody_else_s(closed: str) -> None:
    program = (
        "from local_lambda.log.descriptor import open_standard_descriptors; import os, sys;"
        "open_standard_descriptors(); opened = os.open('/', os.O_RDONLY); sys.exit(not opened > 2)"
    )
    command = ["/bin/sh", "-c", f'"$0" -c "{program}" {closed}', sys.executable]
    subprocess.run(command, cwd=ROOT, timeout=90, check=True)
