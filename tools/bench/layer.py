"""The layer under test: which folder it is taken from, and a copy of it as Lambda would unpack it."""

import filecmp
import os
import shutil
import sys
from pathlib import Path

from tools import ROOT

BUILT = ROOT / ".aws-sam" / "build" / "StreamingLayer" / "python"
SOURCE = ROOT / "layers" / "streaming"
_ZIP_EPOCH = 315_532_800  # 1980-01-01, the least that a ZIP archive can say
# Left out by `sam build` as well.
NO_BYTECODE = shutil.ignore_patterns("__pycache__")


def find(wanted: str | None) -> Path | None:
    """The layer's folder: as asked for, else as built, else its source."""
    for candidate in [Path(wanted)] if wanted else [BUILT, SOURCE]:
        if (candidate / "streaming-bootstrap").exists():
            if candidate == BUILT and _is_older(candidate):
                print("the built layer is not that of the source: sam build, or --layer", file=sys.stderr)
            return candidate.resolve()
    return None


def copy(layer: Path, folder: Path) -> Path:
    """Copy the layer into `folder`, its files dated as in SAM's archives; return the copy.

    Bytecode that is checked against its source's date is stale there.
    """
    target = folder / "layers" / "streaming"
    shutil.copytree(layer, target, ignore=NO_BYTECODE)
    for file in target.rglob("*"):
        os.utime(file, (_ZIP_EPOCH, _ZIP_EPOCH))
    return target


def _is_older(built: Path) -> bool:
    """Whether a file of the source is missing in the built layer, or another there."""
    files = [file for file in SOURCE.rglob("*") if file.suffix in {".py"}]
    names = [str(file.relative_to(SOURCE)) for file in files]
    _, different, missing = filecmp.cmpfiles(SOURCE, built, names, shallow=False)
    return bool(different or missing)
