"""A deployment package or layer that is a file: a .zip is unpacked as Lambda does, with its files' modes.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html. Of any other file, `sam package`
makes a .zip with this file alone.
"""

import shutil
import stat
import zipfile
from pathlib import Path

from local_lambda.model.function import ConfigurationError

_ARCHIVES = (".zip", ".jar")


def unpack(archive: Path, directory: Path) -> Path:
    """Unpack into a new directory, and return it. Raises ConfigurationError."""
    directory.mkdir(parents=True)
    try:
        if archive.suffix not in _ARCHIVES and not zipfile.is_zipfile(archive):
            shutil.copy2(archive, directory)
            return directory
        with zipfile.ZipFile(archive) as file:
            for entry in file.infolist():
                _unpack(file, entry, directory)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ConfigurationError(f"{archive} cannot be unpacked as a .zip: {error}.") from error
    return directory


def _unpack(file: zipfile.ZipFile, entry: zipfile.ZipInfo, directory: Path) -> None:
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        place = directory / entry.filename
        if place.resolve().parent.is_relative_to(directory.resolve()):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(file.read(entry).decode())
        return
    place = Path(file.extract(entry, directory))  # never outside the directory
    if mode & 0o777:
        place.chmod(mode & 0o777 | stat.S_IRUSR | stat.S_IWUSR | (stat.S_IXUSR if entry.is_dir() else 0))
