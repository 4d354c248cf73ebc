"""The Python that a function runs on, and a /var/lang and /var/runtime with what Lambda ships there."""

import csv
import importlib.metadata
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
# What the managed images hold in /var/runtime.
SHIPPED = (
    "awslambdaric", "boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "simplejson", "six",
    "snapshot-restore-py", "urllib3",
)  # fmt: skip


# What awslambdaric requires; the layer requires more.
_OLDEST = (3, 10)


@dataclass(frozen=True)
class Interpreter:
    """A Python outside every virtual environment."""

    executable: Path
    version: str
    """Major and minor: 3.13."""


def own_interpreter() -> Interpreter:
    """Return the Python that runs the local Lambda."""
    executable = getattr(sys, "_base_executable", sys.executable)
    return Interpreter(Path(executable), f"{sys.version_info.major}.{sys.version_info.minor}")


def interpreter_for(version: str) -> Interpreter:
    """Return the Python of the version wanted, else our own."""
    own = own_interpreter()
    if version == own.version or tuple(map(int, version.split("."))) < _OLDEST:
        return own
    found = _runnable(version)
    return Interpreter(found, version) if found else own


def _runnable(version: str) -> Path | None:
    """Return the first on PATH that runs: a version manager's shims do for its active versions only."""
    candidates = (shutil.which(f"python{version}", path=directory) for directory in os.get_exec_path())
    return next(
        (found for candidate in candidates if candidate and (found := _real(candidate, version))), None
    )


# By command and version. What was not found is looked for again: it may be installed meanwhile.
_found: dict[tuple[str, str], Path] = {}


def _real(candidate: str, version: str) -> Path | None:
    if (candidate, version) not in _found and (executable := _ask(candidate, version)):
        _found[candidate, version] = executable
    return _found.get((candidate, version))


def _ask(candidate: str, version: str) -> Path | None:
    code = (
        "import sys; print('%d.%d' % sys.version_info[:2], getattr(sys, '_base_executable', sys.executable))"
    )
    try:
        shown = subprocess.run(
            [candidate, "-I", "-c", code], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found, _, executable = shown.stdout.strip().partition(" ")
    return Path(executable) if shown.returncode == 0 and found == version else None


def make_lang(directory: Path, interpreter: Interpreter) -> Path:
    """Make a /var/lang: an environment of the interpreter without the packages installed beside it.

    Returns the interpreter to start functions with.
    """
    executable = directory / "bin" / f"python{interpreter.version}"
    executable.parent.mkdir(parents=True)
    executable.symlink_to(interpreter.executable)
    settings = f"home = {interpreter.executable.parent}\ninclude-system-site-packages = false\n"
    (directory / "pyvenv.cfg").write_text(settings)
    return executable


def make_runtime(directory: Path) -> None:
    """Make a /var/runtime: the packages that Lambda ships, from those installed for the local Lambda."""
    directory.mkdir(parents=True)
    for name in SHIPPED:
        distribution = importlib.metadata.distribution(name)
        for top in _top_level(distribution) - {"..", "__pycache__"}:
            (directory / top).symlink_to(Path(str(distribution.locate_file(top))))
    # Copied: Python puts the directory of a script on its path with symbolic links resolved.
    for name in ("bootstrap.py", "runtime_client.py"):
        shutil.copy(_HERE / name, directory / name)
    shutil.copy(_HERE / "bootstrap.sh", directory / "bootstrap")


def _top_level(distribution: importlib.metadata.Distribution) -> set[str]:
    """Return the first parts of its files' paths."""
    record = distribution.read_text("RECORD")
    if record is None:  # not installed from a wheel
        return {file.parts[0] for file in distribution.files or []}
    # `files` would look for each of them, which are thousands.
    return {row[0].partition("/")[0] for row in csv.reader(record.splitlines())}


def explain_compiled_imports(lang: Path) -> None:
    """Let functions with this /var/lang say which Python a package is for that cannot be imported."""
    (version,) = (path.name for path in (lang / "bin").iterdir())
    site = lang / "lib" / version / "site-packages"
    site.mkdir(parents=True, exist_ok=True)
    shutil.copy(_HERE / "compiled_imports.py", site / "_local_lambda_compiled_imports.py")
    (site / "_local_lambda_compiled_imports.pth").write_text("import _local_lambda_compiled_imports\n")
