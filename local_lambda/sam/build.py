"""The output of `sam build`, kept up to date: a changed source replaces its copy.

What the build added stays, above all installed dependencies. Whatever is not a plain copy (TypeScript, the
output of a makefile) stays as built until the user builds again.
"""

import contextlib
import filecmp
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from local_lambda.model.function import FunctionConfiguration, Layer
from local_lambda.sam.source_files import ignored
from local_lambda.sam.template import Template

_CODE = (".py", ".js", ".mjs", ".cjs", ".ts", ".json", ".node", ".so")
_MANIFESTS = ("requirements.txt", "package.json", "package-lock.json", "pyproject.toml", "uv.lock")


@dataclass(kw_only=True)
class Artefact:
    """A built directory, its source, and the directory with the latest state of both."""

    source: Path
    built: Path
    below: str
    """The folder of the built directory that the source was copied to: "" or python."""
    copied: bool
    current: Path = field(init=False)
    _known: frozenset[Path] = field(init=False)
    _seen: dict[Path, tuple[int, ...]] = field(init=False, default_factory=dict)
    """The sources of what is in the current directory, as they were."""

    def __post_init__(self) -> None:
        self.current = self.built
        self._known = self._files()

    def bring_in(self, target: Path) -> None:
        """Assemble the build and the current source in a new directory; only what has changed is copied.

        Raises OSError, and leaves nothing then.
        """
        try:
            seen = self._assemble(target)
        except OSError:
            shutil.rmtree(target, ignore_errors=True)
            raise
        self.current, self._seen = target, seen

    def _assemble(self, target: Path) -> dict[Path, tuple[int, ...]]:
        files, seen = self._files(), {}
        _link(self.built, target, files | self._known)
        for file in files:
            source, before, place = (
                self.source / file.relative_to(self.below),
                self.current / file,
                target / file,
            )
            place.parent.mkdir(parents=True, exist_ok=True)
            seen[file] = _signature(source)
            unchanged = seen[file] == self._seen.get(file) or _same(source, before)
            if not unchanged or not _linked(before, place, self.built):
                shutil.copy2(source, place)
        return seen

    def _files(self) -> frozenset[Path]:
        return frozenset(self.below / file for file in _files(self.source, Path()))


def with_copies(template: Template) -> Template:
    """Return a built template whose functions know what they are copies of."""
    if template.source is None:
        return template
    pairs = zip(template.source.functions, template.functions, strict=True)
    functions = [replace(made, copies=_copies(dict(_artefacts(own, made)).values())) for own, made in pairs]
    return replace(template, functions=functions)


class Build:
    """A source template and what was built from it; nothing, if it is served unbuilt."""

    def __init__(self, template: Template, work: Path) -> None:
        self.source = template.source or template
        self.is_built = template.source is not None
        self._work = work
        self._count = 0
        self._artefacts: dict[tuple[str, Path], Artefact] = {}
        for made, own in zip(template.functions, self.source.functions, strict=False):
            for key, artefact in _artefacts(own, made):
                self._artefacts.setdefault(key, artefact)

    @property
    def served(self) -> Template:
        """The source template with its sources replaced by what was built."""
        return replace(self.source, functions=[self._built(function) for function in self.source.functions])

    @property
    def directories(self) -> set[Path]:
        """Where the latest state is: the next one begins with it."""
        return {artefact.current for artefact in self._artefacts.values()}

    def bring_in(self, changed: Iterable[Path]) -> list[str]:
        """Take over the changed files; return what the user has to do, if anything. Raises OSError."""
        advice = []
        for artefact in self._artefacts.values():
            mine = [path for path in changed if path.is_relative_to(artefact.source)]
            if not mine:
                continue
            if not artefact.copied:
                advice.append(f"Run `sam build`: {artefact.source.name} is not a plain copy of its source")
                continue
            if manifests := [path.name for path in mine if path.name in _MANIFESTS]:
                advice.append(
                    f"Run `sam build`: {manifests[0]} changed, the installed dependencies are the old ones"
                )
            self._count += 1
            artefact.bring_in(self._work / str(self._count))
        return advice

    def _built(self, function: FunctionConfiguration) -> FunctionConfiguration:
        name, code = function.logical_id, function.code
        if isinstance(code, Path) and (name, code) in self._artefacts:
            code = self._artefacts[name, code].current
        keys = [(name, function.code), *(("", layer.path) for layer in function.layers)]
        copies = _copies(self._artefacts[key] for key in keys if key in self._artefacts)
        layers = tuple(map(self._built_layer, function.layers))
        return replace(function, code=code, layers=layers, copies=copies)

    def _built_layer(self, layer: Layer) -> Layer:
        artefact = self._artefacts.get(("", layer.path))
        return replace(layer, path=artefact.current, below="") if artefact else layer


def _copies(artefacts: Iterable[Artefact]) -> tuple[tuple[Path, Path], ...]:
    return tuple((one.source, one.current / one.below) for one in artefacts if one.copied)


def _artefacts(
    source: FunctionConfiguration, built: FunctionConfiguration
) -> Iterator[tuple[tuple[str, Path], Artefact]]:
    if isinstance(source.code, Path) and isinstance(built.code, Path) and source.code != built.code:
        copied = not source.build_method or source.build_method.startswith(("python", "nodejs"))
        yield (
            (source.logical_id, source.code),
            Artefact(source=source.code, built=built.code, below="", copied=copied),
        )
    for own, made in zip(source.layers, built.layers, strict=False):
        if own.path != made.path:
            python = own.build_method.startswith("python")
            yield (
                ("", own.path),
                Artefact(source=own.path, built=made.path, below="python" if python else "", copied=python),
            )


def _link(built: Path, target: Path, ours: Iterable[Path]) -> None:
    """Link what was built, by file or by folder, except for our own files."""
    target.mkdir(parents=True)
    for entry in built.iterdir():
        below = [path for path in ours if path.parts[0] == entry.name]
        if not below:
            (target / entry.name).symlink_to(entry)
        elif entry.is_dir():
            _link(entry, target / entry.name, {Path(*path.parts[1:]) for path in below})


def _signature(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _same(source: Path, before: Path) -> bool:
    try:
        modes = [path.stat().st_mode for path in (source, before)]
    except OSError:
        return False
    return modes[0] == modes[1] and stat.S_ISREG(modes[0]) and filecmp.cmp(source, before, shallow=False)


def _linked(before: Path, place: Path, built: Path) -> bool:
    """Give what has not changed its new name; False where only a copy will do."""
    with contextlib.suppress(OSError):
        os.link(before, place, follow_symlinks=False)
        return True
    # What was built is on another disk. Node resolves imports from where a file really is; data can be there.
    if before.is_relative_to(built) and before.suffix not in _CODE:
        place.symlink_to(before)
        return True
    return False


def _files(root: Path, place: Path) -> Iterator[Path]:
    if not (root / place).is_dir():
        return
    for entry in (root / place).iterdir():
        if ignored(entry.name) or _leads_back(entry):
            continue
        if entry.is_dir():
            yield from _files(root, place / entry.name)
        else:
            yield place / entry.name


def _leads_back(entry: Path) -> bool:
    """Return whether it is a link to a directory that it is in: there is no end to what is below."""
    return entry.is_symlink() and entry.is_dir() and entry.parent.resolve().is_relative_to(entry.resolve())
