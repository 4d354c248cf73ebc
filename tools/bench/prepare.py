"""Copies what a run executes into a folder of its own, so that no bytecode left from before is used."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.bench import deployed, install, layer
from tools.bench.peers import AWSLAMBDARIC, NODE, OURS, Places

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Options:
    """What the command line says about the peers."""

    python: str | None = None
    layer: str | None = None
    with_node: bool = True
    with_python_peers: bool = True
    with_web_apps: bool = True


def prepare(folder: Path, options: Options, skip: Callable[[str, str], None]) -> Places:
    """Fill `folder`, install the other peers; `skip` is told of a peer that is not to be had, and why."""
    chosen = install.find_python(options.python)
    # A fresh environment, so that no .pth file of this installation has a part in the start.
    subprocess.run([chosen, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    source = layer.find(options.layer)
    if source is None:
        skip(OURS, f"no layer in {options.layer or 'the project'}")
    for name in ("functions", "programs"):
        shutil.copytree(_HERE / name, folder / name, ignore=layer.NO_BYTECODE)
    _compile(python, folder / "functions")  # the runtime's start is measured, not the function's compilation
    _compile(python, folder / "programs", "-b")

    runtime_dir = node = node_ric = None
    if options.with_python_peers:
        try:
            runtime_dir = install.python_peers(chosen)
            if options.with_web_apps:
                deployed.lay_out(folder / "functions", install.web_packages(chosen), python)
        except install.Unavailable as reason:
            skip(AWSLAMBDARIC, str(reason))
    if options.with_node:
        try:
            node, node_ric = install.node_peer()
        except install.Unavailable as reason:
            skip(NODE, str(reason))
    version = install.python_version(python)
    return Places(
        python=python,
        functions=folder / "functions",
        programs=folder / "programs",
        layer=layer.copy(source, folder / "layers" / "streaming") if source else None,
        released=layer.copy(source, folder / "released" / "streaming", released=True) if source else None,
        runtime="python" + ".".join(version.split(".")[:2]),
        runtime_dir=runtime_dir,
        node=node,
        node_ric=node_ric,
    )


def _compile(python: Path, folder: Path, *options: str) -> None:
    mode = ("--invalidation-mode", "unchecked-hash")
    subprocess.run([python, "-m", "compileall", "-q", *mode, *options, folder], check=True)
