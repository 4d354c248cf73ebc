"""What a function does to its own process: none of it ends or cuts anything."""

from __future__ import annotations

import base64
import json
import time

import pytest

from tests.integration.lambda_streaming.conftest import Start
from tests.support.runtime_process import RuntimeProcess

HANDLER = """
import asyncio, io, os, signal, socket, sys, tempfile, threading, time
from lambda_streaming import HttpResponseStream, streamify_response
kept = {}
@streamify_response
def handler(event, stream, context):
    exec(event["code"], {**globals(), "event": event, "stream": stream, "context": context})
"""
LEAN_HANDLER = """
from lambda_streaming import streamify_response
@streamify_response
def handler(event, stream, context):
    exec(event["code"])
"""
ASYNC_HANDLER = HANDLER.replace("def handler", "async def handler").replace(
    "    exec(event", "    names = {**globals(), 'stream': stream}\n    exec(event"
).replace('{**globals(), "event": event, "stream": stream, "context": context})', "names)") + (
    "    await names['main']()\n"
)


def run(runtime: RuntimeProcess, code: str) -> bytes:
    answer = runtime.invoke({"code": code})
    assert answer.complete, runtime.log
    assert answer.path.endswith("/response"), answer.body
    assert not answer.trailers, runtime.log
    return answer.body


def fail(runtime: RuntimeProcess, code: str) -> str:
    """Run what is to raise; return the error's message, told to Lambda and in the log."""
    answer = runtime.invoke({"code": code})
    assert answer.complete, runtime.log
    if answer.path.endswith("/error"):
        message = str(answer.json["errorMessage"])
    else:
        trailer = answer.trailers["lambda-runtime-function-error-body"]
        message = str(json.loads(base64.b64decode(trailer))["errorMessage"])
    assert message in runtime.log
    return message


def test_a_default_timeout_of_sockets_is_not_the_runtimes(start: Start) -> None:
    runtime = start("import socket\nsocket.setdefaulttimeout(0.3)\n" + HANDLER)
    assert run(runtime, "stream.write(b'one')") == b"one"
    time.sleep(0.8)  # longer than the timeout: an idle environment
    assert run(runtime, "stream.write(b'two')") == b"two"
    slow = runtime.api.invoke(
        {"code": "for _ in range(400): stream.write(bytes(65536))"}, pause_after=200_000
    )
    time.sleep(0.8)  # longer than the timeout: a reader that is slow
    slow.resume.set()
    answer = runtime.answer()
    assert answer.complete
    assert len(answer.body) == 400 * 65536
    assert runtime.process.poll() is None


STDOUT = {
    "none": "sys.stdout = sys.stderr = None",
    "closed": "sys.stdout.close()",
    "its descriptor closed": "os.close(1)",
    "a string": "sys.stdout = io.StringIO()",
    "this response": "sys.stdout = io.TextIOWrapper(stream, write_through=True)",
}


@pytest.mark.parametrize("way", STDOUT)
def test_a_replaced_stdout(start: Start, way: str) -> None:
    runtime = start(HANDLER)
    code = STDOUT[way]
    if way == "its descriptor closed":
        runtime.api.invoke({"code": f"{code}; raise ValueError('told')"})
        assert runtime.answer().json["errorMessage"] == "told"
    else:
        assert fail(runtime, f"{code}\nraise ValueError('told')") == "told"
        assert fail(runtime, "raise ValueError('and once more')") == "and once more"
    assert run(runtime, "stream.write(b'next')") == b"next"


def test_a_working_directory_that_is_gone(start: Start) -> None:
    runtime = start(HANDLER)
    code = "folder = tempfile.mkdtemp(); os.chdir(folder); os.rmdir(folder); raise ValueError('the reason')"
    assert fail(runtime, code) == "the reason"
    assert fail(runtime, "stream.write(b'x'); raise ValueError('the second')") == "the second"
    assert run(runtime, "stream.write(b'next')") == b"next"


@pytest.mark.parametrize(
    "name", ["traceback", "binascii", "types", "linecache", "re", "_signal", "importlib"]
)
def test_a_module_named_like_one_of_the_standard_library(start: Start, name: str) -> None:
    runtime = start(
        LEAN_HANDLER, files={f"{name}.py": "raise RuntimeError('the function has a module so named')"}
    )
    assert fail(runtime, "stream.write(b'x')\nraise ValueError('the reason')") == "the reason"
    assert fail(runtime, "raise ValueError('the second')") == "the second"
    assert run(runtime, "stream.write(b'next')") == b"next"
    assert "app.py" in runtime.log  # where it was raised


def test_a_module_named_like_one_that_the_function_has_imported_itself(start: Start) -> None:
    runtime = start(
        "import traceback, binascii\n" + LEAN_HANDLER, files={"traceback.py": "", "binascii.py": ""}
    )
    assert fail(runtime, "stream.write(b'x'); raise ValueError('the reason')") == "the reason"
    assert run(runtime, "stream.write(b'next')") == b"next"


FILE = """
file = tempfile.TemporaryFile()
file.write(bytes({size})); file.seek(0)
pipeline(file, stream)
"""


@pytest.mark.parametrize(
    "code",
    ["for _ in range(1000): stream.write(bytes(65536))", FILE.format(size=50_000_000)],
    ids=["chunks", "file"],
)
def test_sigpipe_as_other_programs_have_it(start: Start, code: str) -> None:
    """A function whose platform has closed its stream gets an OSError, not the end of its process."""
    runtime = start("from lambda_streaming import pipeline\n" + HANDLER)
    run(runtime, "signal.signal(signal.SIGPIPE, signal.SIG_DFL)")
    runtime.api.invoke({"code": code}, close_after=100_000)
    assert not runtime.answer().complete
    assert run(runtime, "stream.write(b'next')") == b"next"
    assert run(runtime, FILE.format(size=500_000)) == bytes(500_000)
    assert runtime.process.poll() is None


def test_descriptors_closed_under_the_runtime(start: Start) -> None:
    runtime = start(HANDLER)
    close = "for descriptor in range(3, 50):\n  try: os.close(descriptor)\n  except OSError: pass\n"
    runtime.api.invoke({"code": f"{close}stream.write(b'lost')"})
    runtime.api.wait_for_next(2)
    assert run(runtime, "stream.write(b'next')") == b"next"


def test_modules_that_the_function_takes_apart(start: Start) -> None:
    runtime = start("import os, socket, _socket\nsocket.socket = _socket.socket = None\n" + LEAN_HANDLER)
    assert run(runtime, "os.environ.clear(); stream.write(b'one')") == b"one"
    assert fail(runtime, "raise ValueError('told')") == "told"


def test_a_timer_left_running(start: Start) -> None:
    """Its handler raises wherever the runtime is: between two invocations, too."""
    runtime = start(HANDLER)
    code = """
class Late(Exception): pass
def raise_late(*_): raise Late
signal.signal(signal.SIGALRM, raise_late)
signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
stream.write(b'one')
"""
    assert run(runtime, code) == b"one"
    time.sleep(1)
    assert run(runtime, "signal.setitimer(signal.ITIMER_REAL, 0); stream.write(b'two')") == b"two"
    assert "Interrupted between two invocations by Late()" in runtime.log


def test_a_closed_event_loop(start: Start) -> None:
    runtime = start(ASYNC_HANDLER)
    close = """
async def main():
    loop = asyncio.get_running_loop()
    stream.write(b'one')
    threading.Thread(target=lambda: (time.sleep(0.2), loop.close())).start()
"""
    assert run(runtime, close) == b"one"
    time.sleep(0.5)
    for number in (b"two", b"three"):
        assert run(runtime, f"async def main(): stream.write({number!r})") == number
    stop = "async def main(): asyncio.get_running_loop().stop(); await asyncio.sleep(1)"
    assert fail(runtime, stop) == "Event loop stopped before Future completed."
    assert run(runtime, "async def main(): stream.write(b'four')") == b"four"


@pytest.mark.parametrize("first", ["", "stream.write(b'x'); "], ids=["before", "after the first byte"])
def test_an_exception_group_that_is_no_exception(start: Start, first: str) -> None:
    runtime = start(ASYNC_HANDLER)
    code = f"async def main(): {first}raise BaseExceptionGroup('group', [GeneratorExit(), ValueError()])"
    assert fail(runtime, code) == "group (2 sub-exceptions)"
    assert "[ERROR] BaseExceptionGroup: group" in runtime.log
    assert run(runtime, "async def main(): stream.write(b'next')") == b"next"


NO_EXCEPTIONS = {
    "GeneratorExit": "raise GeneratorExit('told')",
    "asyncio's CancelledError": "import asyncio; raise asyncio.CancelledError('told')",
    "one of the function's own": "E = type('E', (BaseException,), {}); raise E('told')",
    "a group": "raise BaseExceptionGroup('told', [GeneratorExit()])",
    "of a loop of its own": "async def main(): raise asyncio.CancelledError('told')\nasyncio.run(main())",
}


@pytest.mark.parametrize("first", ["", "stream.write(b'x')\n"], ids=["before", "after the first byte"])
@pytest.mark.parametrize("code", NO_EXCEPTIONS.values(), ids=NO_EXCEPTIONS)
def test_what_is_raised_and_no_exception_is_an_error_of_the_invocation(
    start: Start, code: str, first: str
) -> None:
    runtime = start(HANDLER)
    assert fail(runtime, first + code).startswith("told")
    assert run(runtime, "stream.write(b'next')") == b"next"


GENERATORS = {
    "def": "def handler(event, context):\n    yield b'a'\n    raise E('told')",
    "async def": "async def handler(event, context):\n    yield b'a'\n    raise E('told')",
}


@pytest.mark.parametrize("generator", GENERATORS.values(), ids=GENERATORS)
@pytest.mark.parametrize("decorator", ["@streamify_response", ""])
def test_a_generator_may_raise_what_is_no_exception(start: Start, generator: str, decorator: str) -> None:
    head = "from lambda_streaming import streamify_response\nclass E(BaseException): pass\n"
    runtime = start(f"{head}{decorator}\n{generator}")
    for _ in range(2):
        assert fail(runtime, "") == "told"


def test_an_error_that_ends_the_process_when_it_is_printed(start: Start) -> None:
    runtime = start(HANDLER)
    code = "class E(Exception):\n  def __str__(self): raise SystemExit(9)\nraise E"
    assert fail(runtime, code) == "<unprintable E object>"
    assert run(runtime, "stream.write(b'next')") == b"next"


def test_a_stream_of_an_earlier_invocation(start: Start) -> None:
    """A thread, a task and a file on the stream outlive it: nothing of theirs is in a later response."""
    runtime = start(HANDLER)
    keep = """
def go_on():
    for _ in range(100_000):
        try: stream.write(b'SECRET')
        except Exception as error: kept['error'] = repr(error)
threading.Thread(target=go_on, daemon=True).start()
kept['text'] = io.TextIOWrapper(stream)
kept['text'].write('held')
time.sleep(0.02)
"""
    assert set(run(runtime, keep).split(b"SECRET")) == {b"", b"held"}
    for _ in range(5):
        assert run(runtime, "for _ in range(40): stream.write(b'B'); time.sleep(0.0005)") == b"B" * 40
    late = "try: kept['text'].write('more')\nexcept ValueError: stream.write(b'refused')"
    assert run(runtime, late) == b"refused"
    assert b"the response has ended" in run(runtime, "stream.write(kept['error'])")
