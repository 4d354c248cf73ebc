"""template.yaml → functions, their URLs and REST APIs, by SAM CLI's own providers.

They resolve Globals, intrinsic functions, layers and code paths. SAM CLI has no public API: only this room
uses it, in the pinned version.
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from local_lambda.model.function import (
    DEFAULT_MEMORY,
    DEFAULT_TIMEOUT,
    ConfigurationError,
    FunctionConfiguration,
    FunctionUrlConfig,
    RestApiConfiguration,
    SamOptions,
)
from local_lambda.sam.function import alias, logging, max_concurrency, reserved_concurrency, url_config
from local_lambda.sam.function_layers import layers_of, layers_passed_over, missing_layers
from local_lambda.sam.function_variables import unused_overrides, variables_of
from local_lambda.sam.left_out import custom_runtime, overlong_timeout, web_functions
from local_lambda.sam.manifest import builds, more_than_a_copy
from local_lambda.sam.parameters import Parameters
from local_lambda.sam.references import undefined
from local_lambda.sam.rest_api import RestApis
from local_lambda.sam.samconfig import Values, read_values, sentence
from local_lambda.sam.source_files import newer_file
from local_lambda.sam.stacks import FUNCTIONS, Stacks, read_stacks
from local_lambda.sam.url_resources import UrlResources


@dataclass(frozen=True)
class Template:
    """What is to be served, and what the user should know about it."""

    path: Path
    functions: list[FunctionConfiguration]
    rest_apis: list[RestApiConfiguration] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    """What cannot be served, by logical id, each with a sentence that says why."""
    source: "Template | None" = None
    """The source of this template, when it is a built one."""
    files: tuple[Path, ...] = ()
    """The template itself, and those that it nests."""

    @property
    def pythons(self) -> list[FunctionConfiguration]:
        """The functions that run on Python."""
        return [one for one in self.functions if one.runtime.startswith("python")]


_NO_OPTIONS = SamOptions()
_SERVED = ("python3", "nodejs", "provided")


def read_template(path: Path, options: SamOptions = _NO_OPTIONS) -> Template:
    """Read a template, in its built form where there is one. Raises ConfigurationError.

    The built form, `.aws-sam/build/template.yaml` beside a source template, is used when it declares the same
    functions: it may have been built from another template of that folder.
    """
    return with_build(read_source(path, options), path, options)


def with_build(source: Template, path: Path, options: SamOptions) -> Template:
    """Return the built form of a template that has been read from a path, where there is one."""
    made = built_path(path)
    if is_built(path):
        return source
    if not made.is_file():
        return replace(source, notices=[*source.notices, *_never_built(source)])
    built = _read(made, read_values(path.resolve(), options))
    if not is_build_of(built, source):
        notice = f"{made} declares other functions than {path}, which is served unbuilt"
        return replace(source, notices=[*source.notices, notice])
    built = replace(built, functions=_with_sources(built, source))
    notices = list(built.notices)
    if newest := _newer_source(source, made):
        notices.append(f"{newest} is newer than the build: run `sam build`")
    return replace(built, notices=notices, source=source)


def _with_sources(built: Template, source: Template) -> list[FunctionConfiguration]:
    """Return the functions of a build; the code of one that is not in it is the source's.

    A CodeUri, `sam build` makes relative to the built template; without one, the code would be where that is.
    """
    folders = {file.parent for file in built.files}
    pairs = zip(built.functions, source.functions, strict=True)
    return [replace(made, code=own.code) if made.code in folders else made for made, own in pairs]


def read_source(path: Path, options: SamOptions) -> Template:
    """Read a template, whether there is a built form or not. Raises ConfigurationError."""
    return _read(path.resolve(), read_values(path.resolve(), options))


def is_built(path: Path) -> bool:
    """Whether a template's path is where `sam build` puts its own."""
    return ".aws-sam" in path.resolve().parts


def built_path(path: Path) -> Path:
    """Return where `sam build` puts the built form of a template."""
    return path.resolve().parent / ".aws-sam" / "build" / "template.yaml"


def difference(before: Template, after: Template) -> str:
    """Return the functions that have changed, come or gone; "" when none has."""
    old = {one.logical_id: one for one in before.functions}
    new = {one.logical_id: one for one in after.functions}
    changed = [name for name in new if name in old and new[name] != old[name]]
    added = [f"{name} (added)" for name in new if name not in old]
    removed = [f"{name} (removed)" for name in old if name not in new]
    return ", ".join([*changed, *added, *removed])


def is_build_of(built: Template, source: Template) -> bool:
    """Whether one template may have been built from the other: both declare the same functions."""
    return _identifiers(built) == _identifiers(source)


def _identifiers(template: Template) -> list[tuple[str, FunctionUrlConfig | None]]:
    return [(function.logical_id, function.url) for function in template.functions]


def _never_built(source: Template) -> Iterator[str]:
    for function in source.functions:
        for directory, method in builds(function) if function.runtime.startswith(_SERVED) else ():
            if what := more_than_a_copy(directory, method):
                yield (
                    f"{function.logical_id} has never been built, and needs it ({directory.name}: {what}): "
                    "run `sam build`, or start with --build"
                )


def _newer_source(source: Template, built: Path) -> Path | None:
    """Return a source file that has changed since the build."""
    roots = {function.code for function in source.functions if isinstance(function.code, Path)}
    roots |= {layer.path for function in source.functions for layer in function.layers}
    return newer_file([source.path, *roots], built.stat().st_mtime)


def _read(path: Path, values: Values) -> Template:
    if not path.is_file():
        raise ConfigurationError(f"There is no template at {path}: name one with --template.")
    # Takes half a second, therefore here.
    from samcli.lib.providers.sam_function_provider import SamFunctionProvider

    document = _document(path)
    parameters = Parameters(document.get("Parameters"), values.parameters)
    try:
        read = read_stacks(path, document, values.parameters)
        functions = list(SamFunctionProvider(read.stacks).get_all())
    except ConfigurationError:
        raise
    except Exception as error:
        # SAM CLI meets a malformed template with whatever its code runs into.
        raise ConfigurationError(f"SAM CLI cannot read {path}: {sentence(error)}.") from error
    notices = parameters.notices() + read.notices + unused_overrides(values.variables, functions)
    notices += web_functions((stack.stack_path, stack.resources) for stack in read.stacks)
    custom = {one.full_path: custom_runtime(one.full_path, one.runtime) for one in functions}
    notices += filter(None, custom.values())
    left_out = read.left_out | _not_read(read.stacks, functions)
    urls = UrlResources((stack.stack_path, stack.resources) for stack in read.stacks)
    configurations = []
    for function in functions:
        if custom[function.full_path] is not None:
            continue
        try:
            configurations.append(_function(function, read, path, values, urls, notices))
        except ConfigurationError as error:
            left_out[function.full_path] = parameters.cause(str(error)) or str(error)
    if not configurations:
        reasons = "".join(f" {notice}." for notice in notices)
        raise ConfigurationError(f"{_nothing(path, left_out, read.absent)}{reasons if not left_out else ''}")
    left_out |= urls.left_out(name for one in configurations for name in (one.logical_id, one.name))
    apis = [api for stack in read.stacks for api in _rest_apis(stack, notices)]
    files = (*(Path(stack.location).resolve() for stack in read.stacks), *read.files)
    served = {one.logical_id for one in configurations}
    apis = [kept for api in apis if (kept := api.with_routes_to(served)).routes]
    return Template(path, configurations, apis, notices, left_out, files=files)


def _rest_apis(stack: Any, notices: list[str]) -> list[RestApiConfiguration]:
    raw = stack.template_dict["Resources"]
    return RestApis(stack.resources, raw, stack.stack_path, notices).found()


def _not_read(stacks: list[Any], functions: list[Any]) -> dict[str, str]:
    """Return the functions that SAM CLI passes over, because their code is on AWS."""
    known = {function.full_path for function in functions}
    names = [
        posixpath.join(stack.stack_path, name)
        for stack in stacks
        for name, resource in stack.resources.items()
        if resource.get("Type") in FUNCTIONS
    ]
    return {name: "Its code is on AWS only." for name in names if name not in known}


def _nothing(path: Path, left_out: dict[str, str], absent: list[str]) -> str:
    if not left_out and absent:
        return f"No function of {path} exists: the conditions of {', '.join(absent)} do not hold."
    if not left_out:
        return f"{path} declares no function with local code."
    if len(left_out) == 1:
        ((name, why),) = left_out.items()
        return why if name in why.partition(":")[0] else f"{name} of {path} cannot be served. {why}"
    whys = " ".join(f"{name}: {why}" for name, why in left_out.items())
    return f"No function of {path} can be served. {whys}"


def _document(path: Path) -> dict[str, Any]:
    from samcli.yamlhelper import yaml_parse

    try:
        document = yaml_parse(path.read_text(encoding="utf-8"))
    except Exception as error:
        raise ConfigurationError(f"{path} is neither YAML nor JSON: {sentence(error)}.") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise ConfigurationError(f"{path} is not a SAM template: it has no Resources.")
    return document


def _function(
    function: Any, read: Stacks, path: Path, values: Values, urls: UrlResources, notices: list[str]
) -> FunctionConfiguration:
    name = function.full_path  # the logical id, below those of nested stacks
    if function.packagetype != "Zip":
        raise ConfigurationError(
            f"{name} in {path} is a container image: only PackageType Zip can be served."
        )
    references = (function.name, function.function_id, str(function.functionname))
    stack = next(stack for stack in read.stacks if stack.stack_path == function.stack_path)
    resource = stack.resources.get(function.name, {})
    timeout = _number(function.timeout, DEFAULT_TIMEOUT, f"Timeout of {name}")
    notices += overlong_timeout(name, timeout, managed=bool(function.capacity_provider_config))
    defined = read.defined[function.stack_path]
    notices += _without_value(name, stack.template_dict["Resources"].get(function.name), defined)
    notices += layers_passed_over(name, resource, function.layers)
    url: Mapping[str, Any] | None
    if function.function_url_config:
        url = {**function.function_url_config, "Qualifier": alias(resource)}
    else:
        url = urls.take(references, function.stack_path)
    memory = _number(function.memory, DEFAULT_MEMORY, f"MemorySize of {name}")
    return FunctionConfiguration(
        logical_id=name,
        name=str(function.functionname),
        runtime=str(function.runtime),
        handler=str(function.handler),
        code=function.inlinecode or Path(function.codeuri).resolve(),
        timeout=timeout,
        memory=memory,
        environment=variables_of(name, function, values.variables, notices),
        layers=tuple(layers_of(name, function, values.layers, notices)),
        missing_layers=missing_layers(function, values.layers),
        url=url_config(name, url) if url else None,
        reserved_concurrency=reserved_concurrency(name, resource),
        max_concurrency=max_concurrency(name, function.capacity_provider_config, memory),
        logging=logging(name, function.logging_config),
        alias=alias(resource),
        build_method=str((function.metadata or {}).get("BuildMethod") or ""),
    )


def _number(value: Any, default: int, what: str) -> int:
    try:
        return default if value is None else int(value)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"The {what} must be a number, not {value!r}.") from error


def _without_value(name: str, resource: Any, defined: frozenset[str]) -> list[str]:
    properties = dict((resource or {}).get("Properties") or {})
    properties.pop("Layers", None)  # of which read_stacks tells
    return [
        f"{name} refers to {one}, which the template does not define: it would not be deployed"
        for one in undefined(properties, defined)
    ]
