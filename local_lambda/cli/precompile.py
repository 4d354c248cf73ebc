"""`local_lambda precompile`: compile what `sam build` has built, before it is deployed.

`sam build` installs packages without compiled code, and Lambda keeps none: each cold start compiles them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from local_lambda.model.function import ConfigurationError, FunctionConfiguration, SamOptions
from local_lambda.model.limits import MAX_UNZIPPED_BYTES
from local_lambda.process.precompile import Compiled, Folder, find_python, precompile
from local_lambda.sam.template import Template, is_built, read_template

# Where Lambda unpacks a function's code, and layers.
_TASK, _OPT = "/var/task", "/opt"
_SHOWN = 3  # names of files


@dataclass(frozen=True)
class _Built:
    """A folder of the build: what it is to Lambda, and the version of Python that runs it."""

    path: Path
    unpacked: str
    version: str


def precompile_build(path: Path, options: SamOptions, say: Callable[[str], None]) -> None:
    """Compile the build of a template, each function for its own Python, and say what came of it.

    Raises ConfigurationError when there is no build.
    """
    template = read_template(path, options)
    if template.source is None and not is_built(path):
        raise ConfigurationError(f"There is no build of {path}: run `sam build` first.")
    for notice in template.notices:
        say(f"Note: {notice}")
    for name, why in template.left_out.items():
        say(f"{name}: not compiled. {why}")
    used_by = _used_by(template)
    pythons = {version: find_python(version) for version in {one.version for one in used_by}}
    folders = {
        one: Folder(one.path, one.unpacked, python)
        for one in used_by
        if (python := pythons[one.version]) is not None
    }
    compiled = precompile(folders.values())
    for one, functions in used_by.items():
        for line in _lines(one, functions, compiled[folders[one]]) if one in folders else ():
            say(line)
    for version in sorted(version for version, python in pythons.items() if python is None):
        say(_missing(version, [name for one in used_by if one.version == version for name in used_by[one]]))
    for line in _over_the_limit(template.pythons):
        say(line)


def _used_by(template: Template) -> dict[_Built, list[str]]:
    """The folders of a build, each with the functions that it is for."""
    build = template.path.parent
    used: dict[_Built, list[str]] = {}
    for function in template.pythons:
        version = function.runtime.removeprefix("python")
        for path, unpacked in [(function.code, _TASK), *((layer.path, _OPT) for layer in function.layers)]:
            # What is not in the build (a layer that needs none, say) is the source itself.
            if isinstance(path, Path) and path.is_dir() and path.is_relative_to(build):
                used.setdefault(_Built(path, unpacked, version), []).append(function.logical_id)
    return used


def _lines(built: _Built, functions: Sequence[str], done: Compiled) -> Iterator[str]:
    what = ", ".join(functions) if built.unpacked == _TASK else f"{built.path.name}, a layer"
    came = f"{_files(done.compiled)} compiled"
    if done.compiled:
        came += f", {_size(done.bytes)}, in {done.seconds:.1f} s of CPU"
    if done.current:
        came += f"; {_files(done.current)} had been"
    yield f"{what}, Python {built.version}: {came}"
    if done.failed:
        more = f" and {len(done.failed) - _SHOWN} more" if len(done.failed) > _SHOWN else ""
        yield f"  no Python {built.version}, left as they are: {', '.join(done.failed[:_SHOWN])}{more}"


def _missing(version: str, functions: Sequence[str]) -> str:
    return (
        f"{', '.join(dict.fromkeys(functions))}: not compiled, for want of a Python {version} on PATH, of "
        f"uv's or pyenv's (`uv python install {version}` gets one). It works, and starts slower"
    )


def _over_the_limit(functions: Sequence[FunctionConfiguration]) -> Iterator[str]:
    for function in functions:
        folders = [function.code, *(layer.path for layer in function.layers)]
        size = sum(map(_bytes, (one for one in folders if isinstance(one, Path))))
        if size > MAX_UNZIPPED_BYTES:
            yield (
                f"Warning: {function.logical_id} has {_size(size)} with its layers, and Lambda takes "
                f"{_size(MAX_UNZIPPED_BYTES)}: `sam build` makes it anew, without compiled code"
            )


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _files(count: int) -> str:
    return f"{count} file{'s' * (count != 1)}"


def _size(number: int) -> str:
    return f"{number / 1_000_000:.1f} MB" if number >= 100_000 else f"{number / 1000:.0f} KB"
