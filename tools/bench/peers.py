"""The runtimes that are compared: how each is started, for which function."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

OURS = "lambda-streaming"
ASYNC = "lambda-streaming-async"
RELEASED = "lambda-streaming-released"
AWSLAMBDARIC = "awslambdaric"
NODE = "node-ric"
RAW = "raw"
FLOOR = "floor"
ASGI = "lambda-streaming-asgi"
MANGUM = "mangum"
UVICORN = "uvicorn"
SHARED = "lambda-streaming-shared"

# The folders that hold the web applications with their packages: as `sam build` leaves them, and compiled.
BUILT, COMPILED = "built", "compiled"

# What a runtime is started for → the folder of functions/ that is its task root.
_TASK_ROOTS = {
    "cold": "cold", "heavy": "cold", "work": "work", "web": "work",
    **{f"{app}-{state}": state for app in ("starlette", "fastapi") for state in (BUILT, COMPILED)},
}  # fmt: skip


@dataclass(frozen=True)
class Peer:
    """A runtime and the files of the bench's function written for it."""

    name: str
    argv: tuple[str, ...]
    handlers: Mapping[str, str] = field(default_factory=dict)  # a key of _TASK_ROOTS → _HANDLER
    runtime_dir: str = ""
    without: frozenset[str] = frozenset()  # variables that it does better without
    variables: Mapping[str, str] = field(default_factory=dict)  # of its own


@dataclass(frozen=True)
class Places:
    """Where this run's interpreter, the copies and the installed peers are."""

    python: Path
    functions: Path
    programs: Path
    layer: Path | None  # as a project deploys it
    released: Path | None  # as it is in a release
    runtime: str  # "python3.13"
    runtime_dir: Path | None = None
    node: Path | None = None
    node_ric: Path | None = None


def peers(places: Places) -> list[Peer]:
    """Every peer that these places allow, in the order of a round."""
    python = str(places.python)
    bare = (python, "-I", "-S")
    managed = (python, str(places.programs / "bootstrap.py"))
    runtime_dir = str(places.runtime_dir or places.programs)
    found = [
        Peer(RAW, (*bare, str(places.programs / "raw.pyc")), _handlers("raw")),
        Peer(FLOOR, (*bare, str(places.programs / "floor.pyc")), {"cold": "floor"}),
    ]
    if places.layer and places.released:
        wrapper = (str(places.layer / "streaming-bootstrap"), *managed)
        found.append(Peer(OURS, wrapper, _handlers("streaming"), runtime_dir))
        found.append(Peer(ASYNC, wrapper, _handlers("streaming_async"), runtime_dir))
        released = (str(places.released / "streaming-bootstrap"), *managed)
        found.append(Peer(RELEASED, released, _handlers("streaming"), runtime_dir))
        if places.runtime_dir and (places.layer / "lambda_streaming" / "asgi.py").exists():
            found.append(Peer(ASGI, wrapper, _web("{}_asgi.handler"), runtime_dir))
            deployed = _deployed("{}_asgi.handler")
            shared = {"LAMBDA_STREAMING_SHARED": "1"}
            found.append(Peer(SHARED, wrapper, deployed, runtime_dir, variables=shared))
    if places.runtime_dir:
        # With this variable, as on AWS, awslambdaric starts a thread for each GET next (Python 3.12 on):
        # it starts later and takes twice as long for an invocation. Here it is given its better way.
        better = frozenset({"AWS_EXECUTION_ENV"})
        found.append(Peer(AWSLAMBDARIC, managed, _handlers("buffered"), runtime_dir, better))
        found.append(Peer(MANGUM, managed, _web("{}_mangum.handler"), runtime_dir, better))
        found.append(Peer(UVICORN, (python, "-m", "uvicorn"), _deployed("{}:app")))
    if places.node and places.node_ric:
        handlers = {"cold": "index.handler", "work": "index.handler"}
        found.append(Peer(NODE, (str(places.node), str(places.node_ric)), handlers))
    return found


def environment(peer: Peer, places: Places, address: str, use: str) -> dict[str, str]:
    """The environment of a function on Lambda, as far as a runtime reads it."""
    variables = {
        "AWS_LAMBDA_RUNTIME_API": address,
        "_HANDLER": peer.handlers[use],
        "LAMBDA_TASK_ROOT": str(places.functions / _TASK_ROOTS[use]),
        "LAMBDA_RUNTIME_DIR": peer.runtime_dir,
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/bench",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{places.runtime}",
        "LANG": "C.UTF-8",
        "TZ": ":/etc/localtime",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        # Files are read-only on Lambda: what is shipped without bytecode is compiled at every start.
        "PYTHONDONTWRITEBYTECODE": "1",
        **peer.variables,
    }
    return {name: value for name, value in variables.items() if name not in peer.without}


def _handlers(module: str) -> dict[str, str]:
    return {
        "cold": f"small_{module}.handler",
        "heavy": f"heavy_{module}.handler",
        "work": f"{module}.handler",
    }


def _web(handler: str) -> dict[str, str]:
    return {"web": handler.format("web"), **_deployed(handler)}


def _deployed(handler: str) -> dict[str, str]:
    modules = {"starlette": "web", "fastapi": "fast"}
    return {f"{app}-{state}": handler.format(modules[app]) for app in modules for state in (BUILT, COMPILED)}
