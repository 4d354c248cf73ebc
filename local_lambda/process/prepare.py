"""Function configurations → how to start their environments: interpreters, directories, variables."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from local_lambda.model.function import ConfigurationError, FunctionConfiguration
from local_lambda.model.settings import DEFAULTS, Settings
from local_lambda.platform.environment import LaunchSpec
from local_lambda.process import node
from local_lambda.process.debugger import Debugging
from local_lambda.process.layers import make_opt
from local_lambda.process.python import Interpreter, interpreter_for, make_lang, make_runtime
from local_lambda.process.variables import Directories, function_variables, region_of
from local_lambda.process.watchdog import Watchdog


class Planner:
    """Prepares functions within one working directory of ours."""

    def __init__(
        self, work: Path, environ: Mapping[str, str], watchdog: Watchdog, settings: Settings = DEFAULTS
    ) -> None:
        self._settings = settings
        self._work = work
        self._watchdog = watchdog
        self._environ = environ
        self._langs: dict[Interpreter, Path] = {}
        self._debugger: Debugging | None = None
        self._node: node.NodeRuntime | None = None
        self._count = 0
        self.notices: list[str] = []

    def plan(self, function: FunctionConfiguration) -> LaunchSpec:
        """Make what the function needs. Raises ConfigurationError."""
        function = self._settings.limits.applied_to(function)
        if (debugging := self._debugging(function)) is not None:
            function = debugging.applied_to(function)
        runtime = check_runtime(function)
        task = self._task(function)
        # A new one for each plan: the environments of the last may still use theirs.
        opt = self._new("opt", function)
        self._make_opt(function, opt)
        extra: dict[str, str] = {}
        if runtime.startswith("python"):
            lang, argv = self._python(function)
            argv = self._wrapped([*argv, f"{self._runtime()}/bootstrap.py"])
            if debugging is not None:
                extra = debugging.variables(function, lang)
                self.notices.append(debugging.notice(function))
        elif runtime.startswith("nodejs"):
            found = self._node_for(function)
            lang, argv = self._node_lang(found), self._wrapped([str(found.node), str(found.client)])
            extra = {"NODE_PATH": node.node_path(opt, runtime, found)}
        else:
            lang, argv = self._work / "lang", [str(_entry_point(task, opt))]
        directories = Directories(task=task, runtime=self._runtime(), lang=lang, opt=opt)

        def variables(runtime_api: str) -> Mapping[str, str]:
            stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
            return extra | function_variables(
                function, self._environ, runtime_api=runtime_api, log_stream=stream, directories=directories
            )

        arn = function.arn(region_of(self._environ))
        return LaunchSpec(
            argv,
            variables,
            task,
            arn,
            function.timeout,
            function.memory,
            self._watchdog,
            function.reserved_concurrency,
            self._settings,
        )

    def _task(self, function: FunctionConfiguration) -> Path:
        if isinstance(function.code, Path):
            if not function.code.is_dir():
                raise ConfigurationError(
                    f"The code of {function.logical_id} is not there: {function.code} is not a directory."
                )
            return function.code
        # https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
        task = self._new("task", function)
        task.mkdir(parents=True)
        (task / "index.py").write_text(function.code)
        return task

    def _new(self, kind: str, function: FunctionConfiguration) -> Path:
        self._count += 1
        return self._work / kind / f"{function.logical_id}-{self._count}"

    def _make_opt(self, function: FunctionConfiguration, opt: Path) -> None:
        for layer in function.layers:
            if not layer.path.is_dir():
                raise ConfigurationError(
                    f"A layer of {function.logical_id} is not there: {layer.path} is not a directory."
                )
        make_opt(opt, function.layers)

    def _python(self, function: FunctionConfiguration) -> tuple[Path, list[str]]:
        version = function.runtime.removeprefix("python")
        wrapped = "AWS_LAMBDA_EXEC_WRAPPER" in function.environment
        interpreter = interpreter_for(version, wrapped=wrapped)
        if interpreter.version != version:
            self.notices.append(
                f"{function.logical_id} declares {function.runtime}; running it on Python "
                f"{interpreter.version}"
            )
        lang = self._work / f"lang-{interpreter.version}"
        if interpreter not in self._langs:
            self._langs[interpreter] = make_lang(lang, interpreter)
        return lang, [str(self._langs[interpreter])]

    def _debugging(self, function: FunctionConfiguration) -> Debugging | None:
        port = self._settings.debug_port
        if port is None or not function.runtime.startswith("python"):
            return None
        if self._debugger is None:
            self._debugger = Debugging(port, self._work)
        return self._debugger

    def _wrapped(self, argv: list[str]) -> list[str]:
        """As the managed images start a runtime, with its exec wrapper where there is one."""
        return ["/bin/sh", f"{self._runtime()}/bootstrap", *argv]

    def _node_for(self, function: FunctionConfiguration) -> node.NodeRuntime:
        if self._node is None:
            self._node = node.find_node(function, self._environ)
        if (notice := node.notice(function, self._node)) is not None:
            self.notices.append(notice)
        return self._node

    def _node_lang(self, found: node.NodeRuntime) -> Path:
        lang = self._work / "lang-node"
        if not lang.exists():
            node.make_lang(lang, found)
        return lang

    def _runtime(self) -> Path:
        runtime = self._work / "runtime"
        if not runtime.exists():
            make_runtime(runtime)
        return runtime


def check_runtime(function: FunctionConfiguration) -> str:
    """The function's runtime, which must be one that can be served. Raises ConfigurationError."""
    if not re.fullmatch(r"python3\.[0-9]+|nodejs[0-9]+\.x|provided(\.[a-z0-9]+)?", function.runtime):
        raise ConfigurationError(
            f"{function.logical_id} declares the runtime {function.runtime}: "
            "python3.x, nodejs*.x and provided.* can be served."
        )
    return function.runtime


def _entry_point(task: Path, opt: Path) -> Path:
    """An OS-only runtime's executable: of the function, else of a layer."""
    return next(
        (place for place in (task / "bootstrap", opt / "bootstrap") if place.is_file()), task / "bootstrap"
    )
