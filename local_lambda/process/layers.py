"""The layers of a function, merged into the directory that stands for /opt.

https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html: in the order listed, a later layer
replaces the files of an earlier one. Symbolic links, so that nothing is copied and every mode bit is the
layer's own.
"""

from collections.abc import Sequence
from pathlib import Path

from local_lambda.model.function import Layer


def make_opt(directory: Path, layers: Sequence[Layer]) -> None:
    """Make the directory, which must not exist yet."""
    directory.mkdir(parents=True)
    for layer in layers:
        _lay(layer.path, directory / layer.below)


def _lay(source: Path, target: Path) -> None:
    _make_real(target)
    for entry in sorted(source.iterdir()):
        place = target / entry.name
        if not place.exists() and not place.is_symlink():
            place.symlink_to(entry)
        elif entry.is_dir() and place.is_dir():
            _lay(entry, place)
        else:
            place.unlink()
            place.symlink_to(entry)


def _make_real(directory: Path) -> None:
    """Turn a link to one layer's directory into a directory that can hold those of several."""
    if directory.is_symlink():
        source = directory.resolve()
        directory.unlink()
        _lay(source, directory)
    directory.mkdir(parents=True, exist_ok=True)
