"""Files on top of the response stream that still hold bytes when the response ends: their bytes are sent.

``csv.writer(io.TextIOWrapper(stream))`` keeps up to 8 KiB to itself, and nothing of Python tells a file which
others write to it. So the garbage collector is asked: for those responses alone on which one may sit, as that
costs milliseconds.
"""

from __future__ import annotations

import gc
import io
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Files that must be closed for their last bytes to be written; closing them leaves the one below open.
_COMPRESSING = (("gzip", "GzipFile"), ("bz2", "BZ2File"), ("lzma", "LZMAFile"))


def finish(file: object) -> None:
    """Have every file that writes to ``file`` write all that it holds, those on top of others first."""
    for upper in _writers_to(file):
        finish(upper)
        _finish_one(upper)


def _finish_one(upper: Any) -> None:
    try:
        if isinstance(upper, (io.TextIOWrapper, io.BufferedWriter)):
            upper.flush()
        else:
            upper.close()
    except RuntimeError as error:
        if "reentrant" not in str(error):  # else it is about to close, and has been flushed
            raise


def _writers_to(file: object) -> list[Any]:
    """Return the open files that refer to ``file``, by a slot or (written in Python) by their attributes."""
    referrers = gc.get_referrers(file)
    attributes = [one for one in referrers if type(one) is dict]
    if attributes and _compressing_types():
        owners = gc.get_referrers(*attributes)
        referrers += [one for one in owners if isinstance(one, _compressing_types())]
    types = (io.TextIOWrapper, io.BufferedWriter, *_compressing_types())
    found: list[Any] = [one for one in referrers if isinstance(one, types) and _target(one) is file]
    return list({id(one): one for one in found if not one.closed}.values())


def _target(upper: Any) -> object:
    """Return the file that ``upper`` writes to."""
    if isinstance(upper, io.TextIOWrapper):
        return upper.buffer
    if isinstance(upper, io.BufferedWriter):
        return upper.raw
    return getattr(upper, "fileobj", None) or getattr(upper, "_fp", None)


def _compressing_types() -> tuple[type, ...]:
    """Return those of the compressing files whose modules have been imported."""
    found = ((sys.modules.get(module), name) for module, name in _COMPRESSING)
    return tuple(getattr(module, name) for module, name in found if hasattr(module, name))
