"""Large objects, by curl and in pieces; pictures made smaller while they are sent. moto is S3."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lambda_streaming.testing import function_url_event, invoke
from tests.end_to_end.conftest import EXAMPLES
from tests.end_to_end.translated import of_type
from tests.support.cutting_proxy import CuttingProxy
from tests.support.moto_server import moto_aws
from tests.support.url_client import open_request, request
from tools.local_lambda_process import LocalLambda

EXAMPLE = "download"
BUCKET = "files"
MEGABYTE = 1024 * 1024
LARGE = random.Random(1).randbytes(9 * MEGABYTE)
RESUME = EXAMPLES / EXAMPLE / "resume"


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with moto_aws("s3") as s3:
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="secret", Body=b"not below public/")
        yield s3


@pytest.fixture(scope="module")
def proxy(s3: Any) -> Iterator[CuttingProxy]:
    with CuttingProxy(s3.meta.endpoint_url) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def running(template: Path, proxy: CuttingProxy) -> Iterator[LocalLambda]:
    variables = template.with_name("variables.json")
    variables.write_text(json.dumps({"Parameters": {"BUCKET": BUCKET}}))
    environ = {**os.environ, "AWS_ENDPOINT_URL": proxy.url}
    with LocalLambda(template, "--env-vars", str(variables), "--no-limits", environ=environ) as running:
        yield running


@pytest.fixture(scope="module")
def url(running: LocalLambda) -> str:
    return running.urls["DownloadFunction"]


@pytest.fixture(scope="module")
def pictures(running: LocalLambda) -> str:
    return running.urls["PictureFunction"]


@pytest.fixture
def etag(s3: Any) -> str:
    """The entity tag of a large object, `/large.bin`."""
    tag: str = s3.put_object(Bucket=BUCKET, Key="public/large.bin", Body=LARGE)["ETag"]
    return tag


def test_curl_goes_on_where_it_was_cut(url: str, etag: str, tmp_path: Path) -> None:
    file = tmp_path / "large.bin"
    curl = ["curl", "-sS", "-C", "-", "-o", str(file), f"{url}large.bin"]
    # It takes a megabyte a second, and is killed once it has some.
    first = subprocess.Popen([*curl, "--limit-rate", "1M"])
    while not (file.exists() and file.stat().st_size):
        time.sleep(0.05)
    first.kill()
    first.wait()
    got = file.stat().st_size
    assert got < len(LARGE)
    done = subprocess.run(
        [*curl, "-w", "%{http_code} %{size_download}"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"206 {len(LARGE) - got}"
    assert hashlib.sha256(file.read_bytes()).digest() == hashlib.sha256(LARGE).digest()


def resume(url: str, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([RESUME, url, file], capture_output=True, text=True, timeout=60, check=False)


def test_the_script_downloads_the_rest(url: str, etag: str, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole", tmp_path / "part"
    part.write_bytes(LARGE[:1000])
    part.with_name("part.etag").write_text(f"{etag}\n")
    for file in (whole, part):
        done = resume(f"{url}large.bin", file)
        assert (done.returncode, done.stderr, file.read_bytes() == LARGE) == (0, "", True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part", "whole"]


def test_the_script_never_joins_two_objects(url: str, etag: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"a part of another")
    file.with_name("file.etag").write_text('"another"\n')
    done = resume(f"{url}large.bin", file)
    assert (done.returncode, "another one now" in done.stderr) == (1, True)
    assert file.read_bytes() == b"a part of another"


def test_the_script_ends_where_nothing_is(url: str, tmp_path: Path) -> None:
    assert resume(f"{url}nothing", tmp_path / "file").returncode != 0


@pytest.mark.parametrize(
    ("headers", "status", "length", "content_range"),
    [
        ({}, 200, len(LARGE), None),
        ({"Range": "bytes=5-9"}, 206, 5, f"bytes 5-9/{len(LARGE)}"),
        ({"Range": "bytes=-7"}, 206, 7, f"bytes {len(LARGE) - 7}-{len(LARGE) - 1}/{len(LARGE)}"),
        ({"Range": f"bytes={len(LARGE)}-"}, 416, 0, f"bytes */{len(LARGE)}"),
        ({"Range": "bytes=5-9", "If-Range": "ETAG"}, 206, 5, f"bytes 5-9/{len(LARGE)}"),
        ({"Range": "bytes=5-9", "If-Range": '"another"'}, 200, len(LARGE), None),
        ({"If-None-Match": "ETAG"}, 304, 0, None),
        ({"If-None-Match": '"another"'}, 200, len(LARGE), None),
        ({"If-Match": '"another"'}, 412, 0, None),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions_and_ranges(
    url: str,
    etag: str,
    method: str,
    headers: dict[str, str],
    status: int,
    length: int,
    content_range: str | None,
) -> None:
    headers = {name: value.replace("ETAG", etag) for name, value in headers.items()}
    answer = request(url, "/large.bin", method, headers=headers)
    assert (answer.status, len(answer.body)) == (status, length if method == "GET" else 0)
    if status < 300:
        assert (answer.headers["ETag"], answer.headers["Accept-Ranges"]) == (etag, "bytes")
    if status != 416 or method == "GET":  # S3 does not tell the size in response to a HEAD
        assert answer.headers["Content-Range"] == content_range


@pytest.mark.parametrize("path", ["/", "/nothing", "/secret", "/../secret", "/%2e%2e/secret"])
def test_nothing_else_is_there(url: str, etag: str, path: str) -> None:
    assert request(url, path).status == 404


def test_it_takes_no_other_method(url: str, etag: str) -> None:
    answer = request(url, "/large.bin", "PUT", b"x")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=77-"}])
def test_what_s3_breaks_off_is_gone_on_with(
    url: str, proxy: CuttingProxy, etag: str, headers: dict[str, str]
) -> None:
    proxy.cuts[:] = [3 * MEGABYTE, MEGABYTE]
    answer = request(url, "/large.bin", headers=headers)
    assert proxy.cuts == []
    assert answer.body == LARGE[77 if headers else 0 :]


def memory_used(running: LocalLambda) -> int:
    """The most that the last invocation's environment has used, in megabytes."""
    found = re.findall(r"Max Memory Used: (\d+) MB", running.output)
    return int(found[-1])


def wait_for_reports(running: LocalLambda, count: int) -> None:
    while running.output.count("REPORT") < count:
        time.sleep(0.05)


def test_memory_does_not_grow_with_the_object(s3: Any, running: LocalLambda, url: str) -> None:
    used = []
    for size in (MEGABYTE, 100 * MEGABYTE):
        before = running.output.count("REPORT")
        s3.put_object(Bucket=BUCKET, Key="public/zeros", Body=bytes(size))
        connection, response = open_request(url, "/zeros")
        received = 0
        while piece := response.read(MEGABYTE):
            received += len(piece)
        connection.close()
        assert received == size
        wait_for_reports(running, before + 1)
        used.append(memory_used(running))
    assert used[1] - used[0] < 20


def put_picture(s3: Any, key: str, width: int, height: int, kind: str = "JPEG", **options: Any) -> None:
    """Put a picture of noise, which no encoder makes small."""
    file = io.BytesIO()
    Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3)).save(
        file, kind, **options
    )
    s3.put_object(Bucket=BUCKET, Key=f"public/{key}", Body=file.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_smaller(s3: Any, pictures: str, kind: str) -> None:
    put_picture(s3, "picture", 900, 600, kind)
    answer = request(pictures, "/picture?size=300")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    picture = Image.open(io.BytesIO(answer.body))
    picture.load()
    assert (picture.format, picture.size) == ("JPEG", (300, 200))
    etag = answer.headers["ETag"]
    assert request(pictures, "/picture?size=300", headers={"If-None-Match": etag}).status == 304
    assert request(pictures, "/picture?size=301", headers={"If-None-Match": etag}).status == 200


def test_a_picture_that_lies_on_its_side_is_stood_up(s3: Any, pictures: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    put_picture(s3, "turned", 90, 60, exif=exif)
    assert Image.open(io.BytesIO(request(pictures, "/turned?size=30").body)).size == (20, 30)


def test_a_picture_is_sent_while_it_is_encoded(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put_picture(s3, "large", 4000, 3000)
    monkeypatch.syspath_prepend(EXAMPLES / EXAMPLE / "src")
    monkeypatch.setenv("BUCKET", BUCKET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    picture = importlib.import_module("picture")
    for name in ("picture", "objects"):
        del sys.modules[name]
    monkeypatch.setattr(picture, "S3", s3)
    response = invoke(picture.handler, function_url_event("/large", query="size=4000"))
    assert response.status == 200, response.logged
    assert len(response.body) > 4 * MEGABYTE
    assert max(map(len, response.chunks)) <= MEGABYTE / 4, "not gathered"


@pytest.fixture(scope="module")
def no_pictures(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="public/text", Body=b"text")
    s3.put_object(Bucket=BUCKET, Key="public/too-large", Body=bytes(33 * MEGABYTE))
    file = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(file, "PNG")
    s3.put_object(Bucket=BUCKET, Key="public/too-many-pixels", Body=file.getvalue())


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/text", 415),
        ("/text?size=0", 400),
        ("/text?size=4097", 400),
        ("/text?size=%C2%B2", 400),
        ("/too-large", 413),
        ("/too-many-pixels", 415),
    ],
)
@pytest.mark.usefixtures("no_pictures")
def test_what_is_no_picture_is_refused(pictures: str, path: str, status: int) -> None:
    assert request(pictures, path).status == status


def test_the_bucket_itself_is_not_public() -> None:
    (bucket,) = of_type(EXAMPLE, "AWS::S3::Bucket").values()
    access = bucket["PublicAccessBlockConfiguration"]
    assert (len(access), set(access.values())) == (4, {True})


def test_the_functions_may_read_what_is_public_alone() -> None:
    roles = of_type(EXAMPLE, "AWS::IAM::Role").values()
    assert len(roles) == 2
    for role in roles:
        ((statement,),) = [policy["PolicyDocument"]["Statement"] for policy in role["Policies"]]
        assert statement == {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": {"Fn::Sub": "${Bucket.Arn}/public/*"},
        }
