"""The response stream as a file: what libraries write to it, read back by the same library."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.integration.lambda_streaming.conftest import Start

# What each kind writes is made from the number of rows alone, here and in the function.
SOURCE = """
import bz2, codecs, csv, gzip, io, json, logging, lzma, pickle, shutil, tarfile, threading, wave, zipfile
from lambda_streaming import streamify_response

def rows(count):
    for number in range(count):
        yield [number, f"žluť {number}", number * number]

def copyfileobj(stream, count):
    shutil.copyfileobj(io.BytesIO(bytes(range(256)) * count), stream)

def zip_file(stream, count):
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("small.txt", "small")
        with archive.open("rows.csv", "w") as member:
            with io.TextIOWrapper(member, encoding="utf-8", newline="") as text:
                csv.writer(text).writerows(rows(count))

def tar_file(stream, count):
    with tarfile.open(mode="w|gz", fileobj=stream) as archive:
        for name in ("a", "b"):
            data = json.dumps(list(rows(count))).encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))

def gzip_file(stream, count):
    with gzip.GzipFile(fileobj=stream, mode="wb") as file:
        for row in rows(count):
            file.write(json.dumps(row).encode() + b"\\n")

def csv_text(stream, count):
    with io.TextIOWrapper(stream, encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(rows(count))

def csv_unclosed(stream, count):
    csv.writer(io.TextIOWrapper(stream, encoding="utf-8", newline="")).writerows(rows(count))

def json_dump(stream, count):
    json.dump(list(rows(count)), stream, ensure_ascii=False)

def json_through_text(stream, count):
    text = io.TextIOWrapper(stream, encoding="utf-8")
    json.dump(list(rows(count)), text)
    text.detach()
    stream.write("\\n")

def buffered(stream, count):
    with io.BufferedWriter(stream, 1000) as file:
        for row in rows(count):
            file.write(repr(row).encode())

def printed(stream, count):
    for row in rows(count):
        print(*row, file=stream)

def logged(stream, count):
    logger = logging.Logger("own")
    logger.addHandler(logging.StreamHandler(stream))
    for row in rows(count):
        logger.info("%s %s %s", *row)

def compressed(stream, count):
    with lzma.open(stream, "wb") as file:
        for row in rows(count):
            file.write(repr(row).encode())

def bz2_text(stream, count):
    with bz2.open(stream, "wt", encoding="utf-8") as file:
        file.writelines(repr(row) for row in rows(count))

def pickled(stream, count):
    pickle.dump(list(rows(count)), stream)

def transcoded(stream, count):
    codecs.getwriter("utf-16-le")(stream).writelines(repr(row) for row in rows(count))

def from_a_thread(stream, count):
    thread = threading.Thread(target=printed, args=(stream, count))
    thread.start()
    thread.join()

@streamify_response
def handler(event, stream, context):
    globals()[event["kind"]](stream, event["count"])
"""


def rows(count: int) -> list[list[object]]:
    return [[number, f"žluť {number}", number * number] for number in range(count)]


def read_zip(body: bytes, count: int) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert archive.read("small.txt") == b"small"
        text = archive.read("rows.csv").decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        [str(cell) for cell in row] for row in rows(count)
    ]


def read_tar(body: bytes, count: int) -> None:
    with tarfile.open(fileobj=io.BytesIO(body), mode="r:gz") as archive:
        assert archive.getnames() == ["a", "b"]
        for name in ("a", "b"):
            member = archive.extractfile(name)
            assert member is not None
            assert json.load(member) == rows(count)


def read_csv(body: bytes, count: int) -> None:
    assert list(csv.reader(io.StringIO(body.decode(), newline=""))) == [
        [str(c) for c in row] for row in rows(count)
    ]


def read_lines(body: bytes, count: int) -> None:
    assert body.decode() == "".join(f"{a} {b} {c}\n" for a, b, c in rows(count))


def read_reprs(text: str, count: int) -> None:
    assert text == "".join(map(repr, rows(count)))


def check(kind: str, body: bytes, count: int) -> None:
    import bz2
    import lzma
    import pickle

    {
        "copyfileobj": lambda: _equal(body, bytes(range(256)) * count),
        "zip_file": lambda: read_zip(body, count),
        "tar_file": lambda: read_tar(body, count),
        "gzip_file": lambda: _equal([json.loads(x) for x in gzip.decompress(body).splitlines()], rows(count)),
        "csv_text": lambda: read_csv(body, count),
        "csv_unclosed": lambda: read_csv(body, count),
        "json_dump": lambda: _equal(json.loads(body), rows(count)),
        "json_through_text": lambda: _equal(json.loads(body.removesuffix(b"\n")), rows(count)),
        "buffered": lambda: read_reprs(body.decode(), count),
        "printed": lambda: read_lines(body, count),
        "logged": lambda: read_lines(body, count),
        "compressed": lambda: read_reprs(lzma.decompress(body).decode(), count),
        "bz2_text": lambda: read_reprs(bz2.decompress(body).decode(), count),
        "pickled": lambda: _equal(pickle.loads(body), rows(count)),
        "transcoded": lambda: read_reprs(body.decode("utf-16-le"), count),
        "from_a_thread": lambda: read_lines(body, count),
    }[kind]()


def _equal(found: object, expected: object) -> None:
    assert found == expected


KINDS = re.findall(r"^def (\w+)\(stream, count\)", SOURCE, re.MULTILINE)


def test_the_standard_library_writes_into_the_stream(start: Start, interpreter: str) -> None:
    runtime = start(SOURCE, interpreter=interpreter)
    for kind in KINDS:
        for count in (1, 3000):
            answer = runtime.invoke({"kind": kind, "count": count})
            assert (kind, answer.path.rpartition("/")[2], answer.complete) == (kind, "response", True), (
                runtime.log
            )
            assert answer.trailers == {}, runtime.log
            check(kind, answer.body, count)
    assert runtime.log == ""


HALF_WAY = """
import csv, io
from lambda_streaming import streamify_response

def text(stream):
    with io.TextIOWrapper(stream, newline="", write_through=True) as file:
        csv.writer(file).writerow(["a", "b"])
        raise ValueError("half-way")

def binary(stream):
    with io.BufferedWriter(stream) as file:
        file.write(b"a,b\\r\\n")
        raise ValueError("half-way")

def itself(stream):
    with stream:
        stream.write(b"a,b\\r\\n")
        raise ValueError("half-way")

def nothing_yet(stream):
    with io.TextIOWrapper(stream) as file:
        raise ValueError("half-way")

def caught(stream):
    try:
        text(stream)
    except ValueError:
        stream.write("sorry")
        stream.close()

@streamify_response
def handler(event, stream, context):
    globals()[event["how"]](stream)
"""


def test_an_error_inside_a_file_over_the_stream_still_reaches_the_caller(
    start: Start, interpreter: str
) -> None:
    runtime = start(HALF_WAY, interpreter=interpreter)
    for how, body in (
        ("text", b"a,b\r\n"),
        ("binary", b"a,b\r\n"),
        ("itself", b"a,b\r\n"),
        ("nothing_yet", b""),
    ):
        answer = runtime.invoke({"how": how})
        assert (how, answer.complete, answer.body) == (how, True, body)
        assert answer.trailers["lambda-runtime-function-error-type"] == "ValueError", how
    answer = runtime.invoke({"how": "caught"})
    assert (answer.complete, answer.body, answer.trailers) == (True, b"a,b\r\nsorry", {})


# boto3


class Storage(BaseHTTPRequestHandler):
    """As much of S3 as a download needs: HEAD and GET, with ranges."""

    protocol_version = "HTTP/1.1"
    content = random.Random(3).randbytes(3_000_000)

    def do_HEAD(self) -> None:
        self._answer(200, self.content, body=False)

    def do_GET(self) -> None:
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not match:
            self._answer(200, self.content)
            return
        first, last = int(match[1]), min(int(match[2] or len(self.content)), len(self.content) - 1)
        self._answer(
            206,
            self.content[first : last + 1],
            {"Content-Range": f"bytes {first}-{last}/{len(self.content)}"},
        )

    def _answer(
        self, status: int, data: bytes, headers: dict[str, str] | None = None, body: bool = True
    ) -> None:
        self.send_response(status)
        fields = {
            "Content-Length": str(len(data)),
            "ETag": '"etag"',
            "Last-Modified": "Sun, 22 Nov 2026 00:00:00 GMT",
        }
        for name, value in {**fields, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def storage() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Storage) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


BOTO3 = """
import os, threading
import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from lambda_streaming import pipeline, streamify_response

config = Config(s3={"addressing_style": "path"})
s3 = boto3.client("s3", endpoint_url=os.environ["STORAGE"], region_name="eu-west-1", config=config)

@streamify_response
def handler(event, stream, context):
    if event["how"] == "body":
        pipeline(s3.get_object(Bucket="bucket", Key="key")["Body"], stream)
    else:
        size = 1000 if event["how"] == "in parts" else 1 << 30
        transfer = TransferConfig(multipart_threshold=size, multipart_chunksize=300_000)
        s3.download_fileobj("bucket", "key", stream, Config=transfer)
"""


def test_boto3_downloads_into_the_stream(start: Start, storage: str) -> None:
    credentials = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "STORAGE": storage}
    runtime = start(BOTO3, interpreter=sys.executable, environment=credentials)
    for how in ("body", "at once", "in parts"):
        answer = runtime.invoke({"how": how})
        assert answer.complete, runtime.log
        assert (how, answer.trailers) == (how, {}), runtime.log
        assert answer.body == Storage.content
