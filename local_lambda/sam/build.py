"""The output of `sam build`, kept up to date: a changed source replaces its copy.

What the build added stays, above all installed dependencies. Whatever is not a plain copy (TypeScript, the
output of a makefile) stays as built until the user builds again.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from local_lambda.model.function import FunctionConfiguration, Layer
from local_lambda.sam.source_files import ignored
from local_lambda.sam.template import Template

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

    def __post_init__(self) -> None:
        self.current = self.built
        self._known = self._files()

    def bring_in(self, target: Path) -> None:
        """Assemble the build and the current source in a new directory."""
        files = self._files()
        _link(self.built, target, files | self._known)
        for file in files:
            place = target / file
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.source / file.relative_to(self.below), place)
        self.current = target

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

    def bring_in(self, changed: Iterable[Path]) -> list[str]:
        """Take over the changed files; return what the user has to do, if anything."""
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


def _files(root: Path, place: Path) -> Iterator[Path]:
    if not (root / place).is_dir():
        return
    for entry in (root / place).iterdir():
        if not ignored(entry.name):
            if entry.is_dir():
                yield from _files(root, place / entry.name)
            else:
                yield place / entry.name
