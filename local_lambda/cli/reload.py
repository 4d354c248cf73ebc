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

_LOOK_SECONDS = 0.2
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
        self.watching = asyncio.Event()
        """Is set when what is saved from now on is seen."""
        self._path = path.resolve()
        self._built = built_path(path)
        named = [one.resolve() for one in (options.config_file, options.env_vars) if one]
        self._saying = [self._path, self._built, self._path.with_name("samconfig.toml"), *named]
        """The files that say what is served."""
        self._options = options
        self._deployment = deployment
        self._banner = banner
        self._work = work
        self._builds = 1
        self._build = Build(template, work / "1")
        self._deployed = self._build.source
        self._roots: frozenset[Path] = frozenset()
        """As of the last change: to find them is to walk the layers."""
        self._zips: list[Path] = []
        """Those that are no directories."""
        self._signature: Signature = {}
        self._find_roots()
        self._seen = self._signature

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
        """Yield the sources that have changed, or none when it is time to poll."""
        watched = awatch(
            *(root for root in roots if root.is_dir()),
            watch_filter=lambda _, path: is_source(Path(path), roots),
            step=_QUIET_MS,
            debounce=_AT_MOST_MS,
            ignore_permission_denied=True,
        )
        coming = asyncio.ensure_future(anext(watched))
        try:
            await asyncio.sleep(0)  # its first turn begins to watch
            self.watching.set()
            while True:
                done, _ = await asyncio.wait({coming}, timeout=_LOOK_SECONDS)
                if not done:
                    yield set()
                    continue
                changes = coming.result()
                coming = asyncio.ensure_future(anext(watched))
                yield {Path(path) for _, path in changes}
        except OSError as error:  # the system lets nobody watch more
            self._banner.say(f"Note: changes are not watched, restart to see them: {error}")
            await asyncio.Event().wait()
        finally:
            coming.cancel()
            await asyncio.wait({coming})

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
        self._find_roots()

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
        rebuilt = self._built in files
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
        touched = affected(functions, changed | files)
        what = difference(self._deployed, self._build.source) or ", ".join(touched) or self._path.name
        await self._deploy([one.logical_id for one in functions] if rebuilt else touched, files, what)

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

    def _find_roots(self) -> None:
        functions = self._build.source.functions
        self._roots = frozenset(root for function in functions for root in roots_of(function))
        self._zips = [root for root in self._roots if not root.is_dir()]
        now = self._look()  # of what is polled from now on nothing has changed yet
        self._signature = {path: self._signature.get(path, now[path]) for path in now}

    def _look(self) -> Signature:
        signature = {path: _stat(path) for path in [*self._saying, *self._zips]}
        if signature[self._built] is None and self._build.is_built:
            signature[self._built] = self._signature.get(self._built)  # `sam build` is at work
        return signature


def _why(error: OSError) -> str:
    return f"{error.strerror or error}: {error.filename2 or error.filename}"


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
