"""Hot reload: a saved file, or a saved template, takes effect with the next request.

Sources are watched by the system (watchfiles). The few files that say what is served (templates, options)
are polled a few times a second, because an editor, or `sam build`, replaces them with their directory.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from watchfiles import awatch

from local_lambda.cli.banner import Banner
from local_lambda.cli.deployment import Deployment
from local_lambda.model.function import ConfigurationError, SamOptions
from local_lambda.process.unused import remove_unused
from local_lambda.sam.build import Build
from local_lambda.sam.source_files import affected, is_source, roots_of
from local_lambda.sam.template import Template, built_path, difference, read_source, read_template

_LOOK_MS = 200
# Files that are saved together are reloaded together.
_QUIET_MS = 30
_AT_MOST_MS = 1000

Signature = dict[Path, tuple[int, int, int] | None]


class Reloader:
    """Redeploys when the files that a deployment was made from change."""

    def __init__(
        self,
        path: Path,
        options: SamOptions,
        template: Template,
        work: Path,
        deployment: Deployment,
        banner: Banner,
    ) -> None:
        self._path = path.resolve()
        self._options = options
        self._deployment = deployment
        self._banner = banner
        self._work = work
        self._builds = 1
        self._build = Build(template, work / "1")
        self._deployed = self._build.source
        self._roots = self._find_roots()
        """As of the last change: to find them is to walk the layers."""
        self._signature: Signature = {}
        self._signature = self._seen = self._look()

    async def run(self) -> None:
        """Reload until cancelled."""
        while True:
            roots = self._roots
            async with aclosing(self._changes(roots)) as changes:
                async for changed in changes:
                    try:
                        await self._reload(changed)
                    except OSError as error:  # of a file that is gone, or not ours to read
                        self._stays(self._path.name, _why(error))
                    if self._roots != roots:
                        break

    async def _changes(self, roots: frozenset[Path]) -> AsyncGenerator[set[Path], None]:
        try:
            async for changes in awatch(
                *(root for root in roots if root.is_dir()),
                watch_filter=lambda _, path: is_source(Path(path), roots),
                step=_QUIET_MS,
                debounce=_AT_MOST_MS,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                yield {Path(path) for _, path in changes}
        except OSError as error:  # the system lets nobody watch more
            self._banner.say(f"Note: changes are not watched, restart to see them: {error}")
            await asyncio.Event().wait()

    async def _reload(self, changed: set[Path]) -> None:
        latest, settled = self._look(), self._seen
        self._seen = latest
        if latest != self._signature and latest == settled:
            files = {path for path in latest if latest[path] != self._signature[path]}
            self._signature = latest
            await self._reload_template(files, changed)
        elif changed:
            await self._reload_sources(changed)
        else:
            return
        self._roots = self._find_roots()

    async def _reload_sources(self, changed: set[Path]) -> None:
        touched = affected(self._build.source.functions, changed)
        if not touched:
            return
        what = ", ".join(touched)
        try:
            advice = self._build.bring_in(changed)
        except OSError as error:  # a full disk, a file that is gone or not ours to read
            self._stays(what, _why(error))
            return
        await self._deploy(touched, changed, what)
        for one in advice:
            self._banner.say(f"Note: {one}")

    async def _reload_template(self, files: set[Path], changed: set[Path]) -> None:
        rebuilt = built_path(self._path) in files
        keep_build = self._build.is_built and not rebuilt
        read = read_source if keep_build else read_template
        try:
            template = await asyncio.to_thread(read, self._path, self._options)
        except ConfigurationError as error:
            self._stays(self._path.name, str(error))
            return
        if keep_build:
            self._build.source = template
            if changed:
                await self._reload_sources(changed)
        else:
            self._builds += 1
            self._build = Build(template, self._work / str(self._builds))
        functions = self._build.source.functions
        touched = [one.logical_id for one in functions] if rebuilt else affected(functions, changed | files)
        await self._deploy(touched, files, difference(self._deployed, self._build.source) or self._path.name)

    async def _deploy(self, touched: list[str], changed: set[Path], what: str) -> None:
        template = self._build.served
        try:
            notices = await self._deployment.deploy(template, touched)
        except ConfigurationError as error:
            self._stays(what, str(error))
        else:
            self._deployed = self._build.source
            self._banner.reloaded(what, changed, [*template.notices, *notices])
        finally:
            in_use = self._deployment.directories | self._build.directories
            await asyncio.to_thread(remove_unused, list(self._work.glob("*/*")), in_use)

    def _stays(self, what: str, why: str) -> None:
        self._banner.say(f"{what} is not reloaded, the old one stays: {why}")

    def _find_roots(self) -> frozenset[Path]:
        return frozenset(root for function in self._build.source.functions for root in roots_of(function))

    def _look(self) -> Signature:
        built = built_path(self._path)
        files = [self._path, built, self._path.with_name("samconfig.toml")]
        files += [path.resolve() for path in (self._options.config_file, self._options.env_vars) if path]
        files += [path for path in self._roots if path.is_file()]  # a .zip
        signature = {path: _stat(path) for path in files}
        if signature[built] is None and self._build.is_built:
            signature[built] = self._signature[built]  # `sam build` is at work
        return signature


def _why(error: OSError) -> str:
    return f"{error.strerror or error}: {error.filename2 or error.filename}"


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
