"""The layer under test: which folder it is taken from, and copies of it as Lambda would unpack it."""

import os
import shutil
from pathlib import Path

from tools import ROOT
from tools.compile_layer import bring_up_to_date, trust

SHIPPED = ROOT / "layers" / "opt" / "python"
_ZIP_EPOCH = 315_532_800  # 1980-01-01, the least that a ZIP archive can say
NO_BYTECODE = shutil.ignore_patterns("__pycache__")


def find(wanted: str | None) -> Path | None:
    """Return the layer's folder: as asked for, else as it ships, compiled anew where it has to be."""
    if wanted is None:
        bring_up_to_date(ROOT)
    candidate = Path(wanted) if wanted else SHIPPED
    return candidate.resolve() if (candidate / "streaming-bootstrap").exists() else None


def copy(layer: Path, target: Path, *, released: bool = False) -> Path:
    """Copy the layer to `target` as SAM zips it, links followed and files dated alike; return the copy.

    Compiled code that is checked against its source's date is stale there, as it is on Lambda. The layer of a
    project is checked against its source's hash at each import; a `released` one is not.
    """
    shutil.copytree(layer, target)
    if released:
        trust(target / "lambda_streaming" / "__pycache__")
    for file in target.rglob("*"):
        os.utime(file, (_ZIP_EPOCH, _ZIP_EPOCH))
    return target
