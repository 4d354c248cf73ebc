"""The page's pure modules, in the browser: what they read, whole, at every cut, and byte by byte."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from local_lambda.endpoints.console import frames
from tests.integration.local_lambda.endpoints.console.console_page import ConsolePage, errors_of
from tools.local_lambda_process import LocalLambda


@pytest.fixture(scope="module")
def console(context: BrowserContext, console_lambda: LocalLambda) -> Iterator[ConsolePage]:
    """One page for all: nothing is done with it."""
    [page] = context.pages
    with errors_of(page) as errors:
        yield ConsolePage(page, f"http://127.0.0.1:{console_lambda.port}").open()
    assert errors == []


# Feeds a parser its input cut in two at every place, and byte by byte; all agree, or it says where not.
CUT_EVERYWHERE = """
const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
const fed = (pieces) => { const parser = make(); const got = pieces.flatMap((piece) => read(parser, piece));
    return JSON.stringify([...got, ...finish(parser)]); };
const whole = fed([bytes]);
for (let at = 1; at < bytes.length; at++) {
    const got = fed([bytes.slice(0, at), bytes.slice(at)]);
    if (got !== whole) return `cut at ${at}: ${got}`;
}
const single = fed([...bytes].map((byte) => Uint8Array.of(byte)));
return single === whole ? JSON.parse(whole) : `byte by byte: ${single}`;
"""


def parsed(console: ConsolePage, prepare: str, data: bytes) -> Any:
    script = f"async (encoded) => {{ {prepare} {CUT_EVERYWHERE} }}"
    return console.run(script, base64.b64encode(data).decode())


def test_messages_of_the_event_stream(console: ConsolePage) -> None:
    data = frames.invocation("1-2") + frames.chunk("ü\0".encode()) + frames.chunk(b"") + frames.end(cut=False)
    prepare = """
        const { Decoder } = await import("/console/eventstream.js");
        const make = () => new Decoder(), finish = () => [];
        const read = (decoder, piece) =>
            decoder.feed(piece).map(({ type, payload }) => [type, new TextDecoder().decode(payload)]);
    """
    assert parsed(console, prepare, data) == [
        ["Invocation", '{"requestId": "1-2"}'],
        ["PayloadChunk", "ü\0"],
        ["PayloadChunk", ""],
        ["End", '{"cut": false}'],
    ]


EVENTS = """
    const { EventParser } = await import("/console/sse.js");
    const make = () => new EventParser(), read = (parser, piece) => parser.feed(piece);
    const finish = (parser) => [parser.finish()];
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_server_sent_events(console: ConsolePage, end: str) -> None:
    lines = [
        ": hello",
        "",
        "id: 1",
        "event: é",
        "data: a: b",
        "data:c",
        "data",
        "",
        "",
        "retry: 10",
        "",
        "data: open",
    ]
    events = parsed(console, EVENTS, end.join(lines).encode())
    nothing = {"event": "", "id": "", "retry": "", "data": "", "comment": ""}
    assert events == [
        {**nothing, "comment": "hello"},
        {**nothing, "id": "1", "event": "é", "data": "a: b\nc\n"},
        {**nothing, "retry": "10"},
        {**nothing, "data": "open"},
    ]


@pytest.mark.parametrize(
    ("data", "prelude", "body"),
    [
        (
            b'{"statusCode": 404, "headers": {"A": "1"}, "cookies": ["x"]}' + bytes(8) + b"\0body",
            {"status": 404, "headers": [["A", "1"], ["set-cookie", "x"]]},
            "\0body",
        ),
        (b"{}" + bytes(8), {"status": 200, "headers": []}, ""),
        (b'{"no": "delimiter"}', None, '{"no": "delimiter"}'),
        (b"plain", None, "plain"),
        (b"{broken" + bytes(8) + b"x", None, "{broken" + "\0" * 8 + "x"),
    ],
)
def test_preludes(console: ConsolePage, data: bytes, prelude: Any, body: str) -> None:
    prepare = """
        const { PreludeDecoder } = await import("/console/prelude.js");
        let prelude = null, body = "";
        const take = (got) => { if (got.prelude) prelude = got.prelude;
            if (got.body) body += new TextDecoder().decode(got.body); return []; };
        const make = () => { prelude = null; body = ""; return new PreludeDecoder(); };
        const read = (decoder, piece) => take(decoder.feed(piece));
        const finish = (decoder) => { take(decoder.finish()); return [prelude, body]; };
    """
    assert parsed(console, prepare, data) == [prelude, body]


@pytest.mark.parametrize(
    "text",
    [
        '{"a":{},"b":[],"c":[1,{"d":"}{][,:\\\\\\""}],"e":-1.0e+10}',
        '"x"',
        "[[],[[]],null,true]",
        " 1 ",
        "{\n}",
    ],
)
def test_indented_json_says_the_same(console: ConsolePage, text: str) -> None:
    script = 'async (text) => (await import("/console/json_text.js")).indented(text)'
    shown = console.run(script, text)
    assert shown == json.dumps(json.loads(text), indent=2).replace("-10000000000.0", "-1.0e+10")
    assert console.run(script, text + "]") is None


@pytest.mark.parametrize(
    ("end", "about", "expected"),
    [(10, 5, [0, 2, 4, 6, 8, 10]), (1001, 4, [0, 500, 1000]), (0.9, 3, [0, 0.5]), (7, 2, [0, 5])],
)
def test_ticks(console: ConsolePage, end: float, about: int, expected: list[float]) -> None:
    script = 'async ([end, about]) => (await import("/console/ticks.js")).ticks(end, about)'
    assert console.run(script, [end, about]) == pytest.approx(expected)
