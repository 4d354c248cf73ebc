"""A function's configuration → how to start its environments: interpreter, directories, variables."""

import re
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from local_lambda.model.function import ConfigurationError, FunctionConfiguration
from local_lambda.model.settings import DEFAULTS, Settings
from local_lambda.process import node
from local_lambda.process.archive import unpack
from local_lambda.process.debugger import Debugging
from local_lambda.process.launch_spec import LaunchSpec
from local_lambda.process.layers import make_opt
from local_lambda.process.namespace import Namespace, NamespaceError
from local_lambda.process.python import (
    explain_compiled_imports,
    interpreter_for,
    make_lang,
    make_runtime,
)
from local_lambda.process.unused import remove_unused
from local_lambda.process.variables import Directories, function_variables, region_of
from local_lambda.process.watchdog import Watchdog

# Of the directories that are made for each function.
_KINDS = ("opt", "task", "unpacked")
_EXPORTS = re.compile(r"^\s*(export\s|import\s*[\w{*'\"])", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class _Runtime:
    """How to start a function's runtime, and its /var/lang."""

    argv: list[str]
    lang: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


class Preparer:
    """Prepares functions within one working directory of ours."""

    def __init__(
        self, work: Path, environ: Mapping[str, str], watchdog: Watchdog, settings: Settings = DEFAULTS
    ) -> None:
        self._settings = settings
        self._work = work
        self._watchdog = watchdog
        self._environ = environ
        self._langs: dict[Path, Path] = {}
        self._debugger: Debugging | None = None
        self._node: node.NodeRuntime | None = None
        self._no_namespace = ""
        self._has_namespaces = False
        self._count = 0
        self._made: list[Path] = []

    def prepare(self, function: FunctionConfiguration) -> LaunchSpec:
        """Make what the function needs, and return how to start it. Raises ConfigurationError and OSError."""
        self._made = []
        function = self._settings.limits.applied_to(function)
        if (debugging := self._debugging(function)) is not None:
            function = debugging.applied_to(function)
        check_runtime(function)
        task = self._task(function)
        # A new one each time: running environments may still use theirs.
        opt = self._new("opt", function)
        self._make_opt(function, opt)
        namespace = self._namespace(function, task, opt)
        seen = opt if namespace is None else Path("/opt")
        runtime = self._runtime(function, debugging, task=task, opt=opt, seen=seen)
        directories = Directories(task=task, runtime=self._var_runtime(), lang=runtime.lang, opt=seen)
        return LaunchSpec(
            argv=runtime.argv,
            variables=self._variables(function, runtime, directories),
            directory=task,
            function_arn=function.arn(region_of(self._environ)),
            timeout=function.timeout,
            memory=function.memory,
            watchdog=self._watchdog,
            namespace=namespace,
            reserved_concurrency=function.reserved_concurrency,
            max_concurrency=function.max_concurrency,
            notices=[*runtime.notices, *self._without_opt(function), *_managed(function)],
            copies=function.copies,
            made=tuple(self._made),
        )

    def remove_unused(self, in_use: Collection[Path]) -> None:
        """Remove the directories that were made for functions, but for those in use."""
        remove_unused((place for kind in _KINDS for place in (self._work / kind).glob("*")), in_use)

    def _namespace(self, function: FunctionConfiguration, task: Path, opt: Path) -> Namespace | None:
        if self._no_namespace:
            return None
        try:
            made = Namespace(opt, [task, *(layer.path for layer in function.layers)])
        except NamespaceError as error:
            if self._has_namespaces:  # a full disk, or too many: the function would not find its layers
                raise ConfigurationError(
                    f"{function.logical_id} gets no mount namespace: {error}."
                ) from error
            self._no_namespace = str(error)
            return None
        self._has_namespaces = True
        return made

    def _without_opt(self, function: FunctionConfiguration) -> list[str]:
        if not self._no_namespace or not function.layers:
            return []
        return [
            "layers are found through PATH, PYTHONPATH and the like only, and a path below /opt in a "
            f"function's code is this machine's: the system gives no mount namespace ({self._no_namespace})"
        ]

    def _variables(
        self, function: FunctionConfiguration, runtime: _Runtime, directories: Directories
    ) -> Callable[[str], Mapping[str, str]]:
        def variables(runtime_api: str) -> Mapping[str, str]:
            stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
            own = function_variables(
                function, self._environ, runtime_api=runtime_api, log_stream=stream, directories=directories
            )
            return {**runtime.variables, **own}

        return variables

    def _runtime(
        self,
        function: FunctionConfiguration,
        debugging: Debugging | None,
        *,
        task: Path,
        opt: Path,
        seen: Path,
    ) -> _Runtime:
        """``seen`` is where the function finds ``opt``."""
        if function.runtime.startswith("python"):
            return self._python(function, debugging)
        if function.runtime.startswith("nodejs"):
            return self._nodejs(function, seen)
        return _Runtime(argv=[str(_entry_point(task, opt))], lang=self._work / "lang")

    def _task(self, function: FunctionConfiguration) -> Path:
        if isinstance(function.code, Path):
            return self._content(function, function.code, f"The code of {function.logical_id}")
        # https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
        task = self._new("task", function)
        task.mkdir(parents=True)
        (task / _inline_file(function)).write_text(function.code)
        return task

    def _content(self, function: FunctionConfiguration, path: Path, what: str) -> Path:
        if path.is_file():
            return unpack(path, self._new("unpacked", function))
        if not path.is_dir():
            raise ConfigurationError(f"{what} is not there: {path} is neither a directory nor a .zip.")
        return path

    def _new(self, kind: str, function: FunctionConfiguration) -> Path:
        self._count += 1
        self._made.append(self._work / kind / f"{function.logical_id}-{self._count}")
        return self._made[-1]

    def _make_opt(self, function: FunctionConfiguration, opt: Path) -> None:
        what = f"A layer of {function.logical_id}"
        make_opt(
            opt,
            [replace(layer, path=self._content(function, layer.path, what)) for layer in function.layers],
        )

    def _python(self, function: FunctionConfiguration, debugging: Debugging | None) -> _Runtime:
        version = function.runtime.removeprefix("python")
        interpreter = interpreter_for(version)
        notices = []
        if interpreter.version != version:
            notices.append(
                f"{function.logical_id} declares {function.runtime}; running it on Python "
                f"{interpreter.version}"
            )
        lang = self._work / f"lang-{version}"
        if lang not in self._langs:
            self._langs[lang] = make_lang(lang, interpreter)
            if interpreter.version != version:
                explain_compiled_imports(lang)
        variables: dict[str, str] = {}
        if debugging is not None:
            variables = debugging.variables(function, lang)
            notices.append(debugging.notice(function))
        argv = self._wrapped([str(self._langs[lang]), f"{self._var_runtime()}/bootstrap.py"])
        return _Runtime(argv=argv, lang=lang, variables=variables, notices=tuple(notices))

    def _nodejs(self, function: FunctionConfiguration, opt: Path) -> _Runtime:
        if self._node is None:
            self._node = node.find_node(function, self._environ)
        found, lang = self._node, self._work / "lang-node"
        if not lang.exists():
            node.make_lang(lang, found)
        notice = node.notice(function, found)
        return _Runtime(
            argv=self._wrapped([str(found.node), "--import", str(node.ES_MODULE_HOOKS), str(found.client)]),
            lang=lang,
            variables={"NODE_PATH": node.node_path(opt, function.runtime, found)},
            notices=(notice,) if notice else (),
        )

    def _debugging(self, function: FunctionConfiguration) -> Debugging | None:
        port = self._settings.debug_port
        if port is None or not function.runtime.startswith("python"):
            return None
        if self._debugger is None:
            self._debugger = Debugging(port, self._work)
        return self._debugger

    def _wrapped(self, argv: list[str]) -> list[str]:
        """Start a runtime as the managed images do, with its exec wrapper where there is one."""
        return ["/bin/sh", f"{self._var_runtime()}/bootstrap", *argv]

    def _var_runtime(self) -> Path:
        runtime = self._work / "runtime"
        if not runtime.exists():
            make_runtime(runtime)
        return runtime


def check_runtime(function: FunctionConfiguration) -> None:
    """Check that the function's runtime can be served. Raises ConfigurationError."""
    if not re.fullmatch(r"python3\.[0-9]+|nodejs[0-9]+\.x|provided(\.[a-z0-9]+)?", function.runtime):
        raise ConfigurationError(
            f"{function.logical_id} declares the runtime {function.runtime}: "
            "python3.x, nodejs*.x and provided.* can be served."
        )


def _managed(function: FunctionConfiguration) -> list[str]:
    if function.max_concurrency is None:
        return []
    return [
        f"{function.logical_id}: an execution environment takes {function.max_concurrency} invocations "
        "at once, as on Lambda Managed Instances"
    ]


def _inline_file(function: FunctionConfiguration) -> str:
    if not function.runtime.startswith("nodejs"):
        return "index.py"
    # The managed runtimes load what is written with `export` as an ES module.
    return "index.mjs" if _EXPORTS.search(str(function.code)) else "index.js"


def _entry_point(task: Path, opt: Path) -> Path:
    """Return an OS-only runtime's executable: of the function, else of a layer."""
    return next(
        (place for place in (task / "bootstrap", opt / "bootstrap") if place.is_file()), task / "bootstrap"
    )
