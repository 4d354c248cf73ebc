"""A template and those that it nests, read by SAM CLI's own provider, without what cannot be read here.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-template-nested-applications.html
"""

import copy
import functools
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from local_lambda.model.function import ConfigurationError
from local_lambda.sam.conditions import Conditions
from local_lambda.sam.includes import Includes, without_document
from local_lambda.sam.parameters import nested
from local_lambda.sam.physical_names import with_names
from local_lambda.sam.refused import malformed, refused
from local_lambda.sam.samconfig import sentence
from local_lambda.sam.texts import with_texts

FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")
_APPLICATIONS = {"AWS::Serverless::Application": "Location", "AWS::CloudFormation::Stack": "TemplateURL"}


@dataclass
class Stacks:
    """The stacks of a template, its own first."""

    stacks: list[Any] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    """By full path, what is not served, with a sentence that says why."""
    notices: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    """The files besides templates that were read."""
    absent: list[str] = field(default_factory=list)
    """The full paths of functions that do not exist, because their conditions do not hold."""
    defined: dict[str, frozenset[str]] = field(default_factory=dict)
    """By stack path, the names that references in the stack may have."""


def read_stacks(path: Path, document: dict[str, Any], parameters: Mapping[str, Any]) -> Stacks:
    """Read a template: its path, and its document, which is changed. Raises whatever SAM CLI does."""
    from samcli.lib.providers.provider import Stack

    found = Stacks()
    _check_policy_templates_once()
    _read(found, Stack("", "", str(path), dict(parameters), document))
    return found


@functools.cache
def _check_policy_templates_once() -> None:
    """Keep what SAM's translator has read of its own policy templates.

    It reads and checks them whenever it looks at a template: half of the time that this takes.
    """
    from samtranslator.translator import translator

    make = functools.cache(translator.make_policy_template_for_function_plugin)
    translator.make_policy_template_for_function_plugin = make


def _read(found: Stacks, stack: Any) -> None:
    """Add one, whose template is as it was written, and those that it nests."""
    from samcli.lib.providers.provider import Stack

    path, document, parameters = Path(stack.location), stack.template_dict, stack.parameters
    own = stack.stack_path
    with_names(document)
    with_texts(document)
    left_out, absent = _without_what_is_not_there(document, parameters)  # before SAM CLI reads any of it
    document = _expanded(document, parameters)
    if not stack.is_root_stack:
        found.notices += nested(own, document.get("Parameters"), parameters)
    found.defined[own] = frozenset([*(document.get("Parameters") or {}), *document["Resources"]])
    expanded_left_out, expanded_absent = _without_what_is_not_there(document, parameters)
    left_out |= expanded_left_out
    found.absent += [posixpath.join(own, key) for key in [*absent, *expanded_absent]]
    if "Conditions" in document:
        document["Conditions"] = {}
    found.notices += _without_undefined_layers(document, own)
    left_out |= _without_remote_applications(document, path)
    left_out |= _with_documents(document, path, found.files)
    with_texts(document)  # once more: an Fn::If may have chosen a number, and documents have been taken in
    provider, unreadable = _readable(document, path, own, parameters)
    left_out |= unreadable
    found.left_out |= {posixpath.join(own, key): why for key, why in left_out.items()}
    if provider is None:
        return
    for remote in provider.remote_stack_full_paths:
        found.left_out[remote] = "Its template is on AWS only."
    found.stacks.append(
        Stack(stack.parent_stack_path, stack.name, str(path), parameters, document, stack.metadata)
    )
    for child in provider.get_all():
        _read(found, child)


def _values(document: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    from samcli.lib.providers.sam_base_provider import SamBaseProvider

    return dict(SamBaseProvider._get_parameter_values(document, dict(parameters)))


def _expanded(document: dict[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template with its language extensions (`Fn::ForEach`) applied."""
    from samcli.lib.cfn_language_extensions.sam_integration import expand_language_extensions

    values = _values(document, parameters)
    return dict(expand_language_extensions(document, parameter_values=values, enabled=True).expanded_template)


def _without_what_is_not_there(
    document: dict[str, Any], parameters: Mapping[str, Any]
) -> tuple[dict[str, str], list[str]]:
    """Take out the resources whose condition does not hold, and resolve each `Fn::If`.

    Returns why others are left out, and the functions among those whose condition does not hold.
    """
    from samcli.lib.intrinsic_resolver.intrinsic_property_resolver import IntrinsicResolver
    from samcli.lib.intrinsic_resolver.intrinsics_symbol_table import IntrinsicsSymbolTable

    symbols = IntrinsicsSymbolTable(
        logical_id_translator=_values(document, parameters), template=copy.deepcopy(document)
    )
    resolver = IntrinsicResolver(template=copy.deepcopy(document), symbol_resolver=symbols)
    conditions = Conditions(
        document.get("Conditions"), lambda value: resolver.intrinsic_property_resolver(value, True)
    )
    left_out: dict[str, str] = {}
    absent: list[str] = []
    resources = document["Resources"]
    for name, resource in list(resources.items()):
        if why := malformed(name, resource):
            left_out[name] = why
            del resources[name]
            continue
        if not isinstance(resource, dict):
            continue
        try:
            there = "Condition" not in resource or conditions.holds(resource["Condition"])
            why = refused(resource, document.get("Globals"))
            resources[name] = conditions.chosen(resource)
        except ConfigurationError as error:
            there, why = True, str(error)
        if there and why:
            left_out[name] = why
        elif not there and _is_function(resource):
            absent.append(name)
        if not there or why:
            del resources[name]
    if "Globals" in document:
        document["Globals"] = conditions.chosen(document["Globals"])
    return left_out, absent


def _without_undefined_layers(document: dict[str, Any], stack_path: str) -> list[str]:
    """Take out the layers that SAM CLI would stumble over; return what the user should know."""
    notices: list[str] = []
    shared = (document.get("Globals") or {}).get("Function") or {}
    functions = {name: one for name, one in document["Resources"].items() if _is_function(one)}
    places = {"Globals": shared, **{name: one.get("Properties") or {} for name, one in functions.items()}}
    for name, properties in places.items():
        layers = properties.get("Layers")
        if not isinstance(layers, list):
            continue
        for layer in list(layers):
            if why := _no_layer(layer, document):
                layers.remove(layer)
                place = posixpath.join(stack_path, name)
                notices.append(f"{place}: the layer {layer['Ref']} is left out: {why}")
    return notices


def _is_function(resource: Any) -> bool:
    return isinstance(resource, dict) and resource.get("Type") in FUNCTIONS


def _no_layer(layer: Any, document: Mapping[str, Any]) -> str:
    name = layer.get("Ref") if isinstance(layer, dict) else None
    if not isinstance(name, str) or name in (document.get("Parameters") or {}):
        return ""
    if name not in document["Resources"]:
        return "the template has no such resource"
    kind = str(document["Resources"][name].get("Type"))
    return "" if kind.endswith("::LayerVersion") else f"it is an {kind}"


def _without_remote_applications(document: dict[str, Any], path: Path) -> dict[str, str]:
    left_out = {name: why for name, one in document["Resources"].items() if (why := _remote(one, path))}
    for name in left_out:
        del document["Resources"][name]
    return left_out


def _with_documents(document: dict[str, Any], path: Path, files: list[Path]) -> dict[str, str]:
    """Take in the OpenAPI documents; leave an API whose document is not there without methods.

    The functions that refer to it are as they are on AWS.
    """
    left_out: dict[str, str] = {}
    includes = Includes(path)
    for name, resource in list(document["Resources"].items()):
        try:
            document["Resources"][name] = includes.taken_in(resource)
        except ConfigurationError as error:
            left_out[name] = str(error)
            document["Resources"][name] = without_document(resource)
    files += includes.files
    return left_out


def _remote(resource: Any, path: Path) -> str:
    """Return why a nested application cannot be read; "" for all else."""
    if not isinstance(resource, dict) or resource.get("Type") not in _APPLICATIONS:
        return ""
    place = (resource.get("Properties") or {}).get(_APPLICATIONS[resource["Type"]])
    if isinstance(place, dict) and "ApplicationId" in place:
        return "An application of the Serverless Application Repository is on AWS only."
    if not isinstance(place, str) or urlparse(place).scheme:
        return "" if place else "It names no template."
    return "" if (path.parent / place).is_file() else f"There is no template at {path.parent / place}."


def _readable(
    document: dict[str, Any], path: Path, stack_path: str, parameters: dict[str, Any]
) -> tuple[Any, dict[str, str]]:
    """Return SAM CLI's reading of a template, and the resources that it cannot read, which are taken out.

    The reading is None when no resource is left.
    """
    if not document["Resources"]:
        return None, {}
    try:
        return _provider(document, path, stack_path, parameters), {}
    except Exception:
        culprits = dict(_culprits(document, path, stack_path, parameters))
        if not culprits:
            raise
        document["Resources"] = {
            name: one for name, one in document["Resources"].items() if name not in culprits
        }
        if not document["Resources"]:
            return None, culprits
        return _provider(document, path, stack_path, parameters), culprits


def _culprits(
    document: dict[str, Any], path: Path, stack_path: str, parameters: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """Add one resource after the other, those that others refer to first."""
    good: dict[str, Any] = {}
    resources = document["Resources"].items()
    for name, one in sorted(resources, key=lambda item: (item[1] or {}).get("Type") in FUNCTIONS):
        try:
            _provider({**document, "Resources": {**good, name: one}}, path, stack_path, parameters)
        except Exception as error:  # noqa: BLE001 - SAM CLI raises whatever its code runs into
            yield name, f"SAM CLI cannot read it: {sentence(error)}."
        else:
            good[name] = one


def _provider(document: dict[str, Any], path: Path, stack_path: str, parameters: dict[str, Any]) -> Any:
    from samcli.lib.providers.provider import Stack
    from samcli.lib.providers.sam_function_provider import SamFunctionProvider
    from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

    provider = SamLocalStackProvider(str(path), stack_path, document, parameters)
    SamFunctionProvider([Stack("", "", str(path), parameters, document)])
    return provider
