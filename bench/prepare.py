"""Copies what a run executes into a folder of its own, so that no bytecode left from before is used."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import install
from bench.peers import AWSLAMBDARIC, NODE, OURS, Places

_HERE = Path(__file__).parent
BUILT_LAYER = _HERE.parent / ".aws-sam" / "build" / "StreamingLayer" / "python"
LAYER_SOURCE = _HERE.parent / "layers" / "streaming"
_ZIP_EPOCH = 315_532_800  # 1980-01-01, the least that a ZIP archive can say
_NO_BYTECODE = shutil.ignore_patterns("__pycache__")


@dataclass(frozen=True)
class Options:
    """What the command line says about the peers."""

    python: str | None = None
    layer: str | None = None
    compile_layer: bool = False
    with_node: bool = True
    with_python_peers: bool = True


def prepare(folder: Path, options: Options, skip: Callable[[str, str], None]) -> Places:
    """Fill `folder`, install the other peers; `skip` is told of a peer that is not to be had, and why."""
    chosen = install.find_python(options.python)
    # A fresh environment, so that no .pth file of this installation has a part in the start.
    subprocess.run([chosen, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    layer = folder / "layer"
    source = _layer_source(options.layer)
    if source:
        # `sam build` leaves __pycache__ out; a folder that is named, or already built, is taken as it is.
        shutil.copytree(source, layer, ignore=_NO_BYTECODE if source == LAYER_SOURCE else None)
        _date_as_zipped(layer)
        if options.compile_layer:
            _compile(python, layer)
    else:
        skip(OURS, "no layer has been built")
    shutil.copytree(_HERE / "functions", folder / "functions", ignore=_NO_BYTECODE)
    shutil.copytree(_HERE / "programs", folder / "programs", ignore=_NO_BYTECODE)
    _compile(python, folder / "functions")  # the runtime's start is measured, not the function's compilation
    _compile(python, folder / "programs", "-b")

    runtime_dir = node = node_ric = None
    if options.with_python_peers:
        try:
            runtime_dir = install.python_peers(chosen)
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
        layer=layer,
        runtime="python" + ".".join(version.split(".")[:2]),
        runtime_dir=runtime_dir,
        node=node,
        node_ric=node_ric,
    )


def _date_as_zipped(folder: Path) -> None:
    """Date every file 1980, as in SAM's archives: bytecode checked against its source's date is stale."""
    for file in folder.rglob("*"):
        os.utime(file, (_ZIP_EPOCH, _ZIP_EPOCH))


def _compile(python: Path, folder: Path, *options: str) -> None:
    mode = ("--invalidation-mode", "unchecked-hash")
    subprocess.run([python, "-m", "compileall", "-q", *mode, *options, folder], check=True)


def _layer_source(wanted: str | None) -> Path | None:
    candidates = [Path(wanted)] if wanted else [BUILT_LAYER, LAYER_SOURCE]
    for candidate in candidates:
        if (candidate / "streaming-bootstrap").exists():
            return candidate.resolve()
    return None
