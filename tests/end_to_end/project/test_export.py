"""The export: a ZIP far over 6 MB, made while it is sent, in constant memory."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.support.runtime_process import ROOT, RuntimeProcess
from tools.local_lambda_process import LocalLambda

SOURCE = (ROOT / "functions" / "export" / "app.py").read_text()
BUFFERED_LIMIT = 6_291_556  # bytes


def read_rows(archive: bytes) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        texts = [opened.read(name).decode() for name in opened.namelist()]
    files = [list(csv.reader(io.StringIO(text, newline=""))) for text in texts]
    assert {tuple(rows[0]) for rows in files} == {
        ("order", "customer", "product", "quantity", "price", "checksum")
    }
    return [row for rows in files for row in rows[1:]]


def test_the_archive_is_whole_and_over_the_buffered_limit(local_lambda: LocalLambda) -> None:
    with urllib.request.urlopen(local_lambda.urls["ExportFunction"]) as response:
        assert response.headers["Content-Type"] == "application/zip"
        archive = response.read()
    assert len(archive) > BUFFERED_LIMIT
    rows = read_rows(archive)
    assert [int(row[0]) for row in rows] == list(range(1, 200_001))


@pytest.mark.parametrize("rows", ["0", "-1", "2000001", "many", "1,2", "%C2%B2", "1.5"])
def test_bad_values_are_refused(local_lambda: LocalLambda, rows: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{local_lambda.urls['ExportFunction']}?rows={rows}")
    with refused.value as answer:
        assert answer.code == 400
        assert "rows must be a whole number from 1 to 2000000" in answer.read().decode()


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    event = json.loads((ROOT / "events" / "export.json").read_text())
    sizes, peaks = [], []
    with RuntimeProcess(tmp_path, SOURCE) as runtime:
        for rows in ("1000", "400000"):
            event["queryStringParameters"]["rows"] = rows
            runtime.api.invoke(event)
            sizes.append(len(runtime.api.answer(60).body))
            status = Path(f"/proc/{runtime.process.pid}/status").read_text()
            peaks.append(int(status.split("VmHWM:")[1].split()[0]))
    assert sizes[1] > 2 * BUFFERED_LIMIT
    assert peaks[1] - peaks[0] < 4096, f"peak memory in kB: {peaks} for bodies of {sizes} bytes"
