"""Node functions: Node, and npm's aws-lambda-ric (AWS's runtime interface client), found on this machine.

https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local_lambda.model.function import ConfigurationError, FunctionConfiguration

_CLIENT = "aws-lambda-ric"
# Lets ES modules find packages by NODE_PATH, as Lambda's runtimes do.
ES_MODULE_HOOKS = Path(__file__).with_name("node_path.mjs")
_DIRECTORY = "LOCAL_LAMBDA_NODE_RUNTIME"
# Version 4 is the first with `awslambda` as the managed runtimes have it.
_HOW_TO_GET_IT = (
    f"`npm install {_CLIENT}@4` in a directory above its code, or anywhere when {_DIRECTORY} names it, "
    "builds it (with autoconf, automake, libtool, cmake, make and g++); ./scripts/node-runtime does so here"
)


@dataclass(frozen=True)
class NodeRuntime:
    """What a Node function is started with."""

    node: Path
    version: str
    client: Path
    """The entry of aws-lambda-ric."""

    @property
    def modules(self) -> Path:
        """The node_modules that it is installed in: /var/runtime/node_modules of the managed images."""
        return self.client.parent.parent


def find_node(function: FunctionConfiguration, environ: Mapping[str, str]) -> NodeRuntime:
    """Find Node and its client for a function. Raises ConfigurationError, which says how to install them."""
    node = shutil.which("node", path=environ.get("PATH", os.defpath))
    version = _version(node) if node else ""
    if node is None or not version:
        raise ConfigurationError(
            f"{function.logical_id} declares {function.runtime}, and there is no node on PATH: "
            "install Node 20 or newer."
        )
    for modules in _places(function, environ, Path(node)):
        client = modules / _CLIENT / "index.mjs"
        if client.is_file():
            return NodeRuntime(Path(node).resolve(), version, client.resolve())
    raise ConfigurationError(
        f"{function.logical_id} declares {function.runtime}, which runs under npm's {_CLIENT}: "
        f"{_HOW_TO_GET_IT}."
    )


def notice(function: FunctionConfiguration, runtime: NodeRuntime) -> str | None:
    """Return a notice when Node is not of the declared version."""
    declared = function.runtime.removeprefix("nodejs").removesuffix(".x")
    if declared == runtime.version.partition(".")[0]:
        return None
    return f"{function.logical_id} declares {function.runtime}; running it on Node {runtime.version}"


def make_lang(directory: Path, runtime: NodeRuntime) -> Path:
    """Make a /var/lang with node in its bin."""
    executable = directory / "bin" / "node"
    executable.parent.mkdir(parents=True)
    executable.symlink_to(runtime.node)
    return executable


def node_path(opt: Path, declared: str, runtime: NodeRuntime) -> str:
    """Return the NODE_PATH of the managed images, for a runtime like nodejs22.x."""
    version = declared.removesuffix(".x").replace("nodejs", "node")
    return f"{opt}/nodejs/{version}/node_modules:{opt}/nodejs/node_modules:{runtime.modules}"


def _places(function: FunctionConfiguration, environ: Mapping[str, str], node: Path) -> Iterator[Path]:
    if named := environ.get(_DIRECTORY):
        yield Path(named) / "node_modules"
        yield Path(named)
    code = [function.code] if isinstance(function.code, Path) else []
    for start in (*code, Path.cwd(), Path(__file__).parent):
        yield from (directory / "node_modules" for directory in (start, *start.parents))
    yield node.parent.parent / "lib" / "node_modules"  # npm install --global


def _version(node: str) -> str:
    try:
        shown = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return shown.stdout.strip().lstrip("v") if shown.returncode == 0 else ""
