"""The responses of the image function, by the rules of RFC 9110."""

from __future__ import annotations

import pytest

import http_file

FILE = http_file.File(size=1000, etag='"abc"', modified=1_700_000_000, content_type="image/jpeg")
MODIFIED = "Tue, 14 Nov 2023 22:13:20 GMT"
EARLIER = "Tue, 14 Nov 2023 22:13:19 GMT"


def ask(method: str = "GET", **headers: str) -> tuple[int, dict[str, str], range]:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    metadata, first, length = http_file.respond(FILE, method, fields)
    return metadata["statusCode"], metadata["headers"], range(first, first + length)


def test_the_whole_file() -> None:
    status, headers, body = ask()
    assert (status, body) == (200, range(1000))
    assert headers == {
        "ETag": '"abc"',
        "Last-Modified": MODIFIED,
        "Cache-Control": "public, max-age=3600",
        "Accept-Ranges": "bytes",
        "Content-Type": "image/jpeg",
    }


def test_head_has_the_headers_of_get_and_no_body() -> None:
    status, headers, body = ask("HEAD")
    assert (status, len(body)) == (200, 0)
    assert headers == ask()[1]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(method: str) -> None:
    assert ask(method) == (405, {"Allow": "GET, HEAD"}, range(0))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_none_match": '"abc"'}, 304),
        ({"if_none_match": 'W/"abc"'}, 304),
        ({"if_none_match": '"x", "abc"'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"x"'}, 200),
        ({"if_none_match": '"x"', "if_modified_since": MODIFIED}, 200),
        ({"if_modified_since": MODIFIED}, 304),
        ({"if_modified_since": EARLIER}, 200),
        ({"if_modified_since": "yesterday"}, 200),
    ],
)
def test_conditions(headers: dict[str, str], status: int) -> None:
    answered, fields, body = ask(**headers)
    assert answered == status
    assert len(body) == (0 if status == 304 else 1000)
    assert fields["ETag"] == '"abc"'


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-499", range(500)),
        ("bytes=500-", range(500, 1000)),
        ("bytes=-200", range(800, 1000)),
        ("bytes=-2000", range(1000)),
        ("bytes=990-5000", range(990, 1000)),
    ],
)
def test_ranges(asked: str, body: range) -> None:
    status, headers, sent = ask(range=asked)
    assert (status, sent) == (206, body)
    assert headers["Content-Range"] == f"bytes {body.start}-{body.stop - 1}/1000"


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_ranges_beyond_the_file(asked: str) -> None:
    status, headers, sent = ask(range=asked)
    assert (status, len(sent)) == (416, 0)
    assert headers["Content-Range"] == "bytes */1000"


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=5-4", "items=0-1", "bytes=0-1,4-5", "bytes=a-b", ""])
def test_what_is_no_range_gets_the_whole_file(asked: str) -> None:
    assert ask(range=asked)[::2] == (200, range(1000))


@pytest.mark.parametrize(
    ("condition", "status"), [('"abc"', 206), ('W/"abc"', 200), ('"x"', 200), (MODIFIED, 206), (EARLIER, 200)]
)
def test_if_range(condition: str, status: int) -> None:
    assert ask(range="bytes=0-1", if_range=condition)[0] == status
