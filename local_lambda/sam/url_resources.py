"""The AWS::Lambda::Url resources of a template, joined to their functions.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-url.html: TargetFunctionArn
is an ARN or a name, of the function or of one of its aliases. The one that SAM makes (AutoPublishAlias) is a
resource named FunctionAliasname.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_URL, _ALIAS = "AWS::Lambda::Url", "AWS::Lambda::Alias"


@dataclass
class _Url:
    name: str
    stack_path: str
    target: str
    properties: Mapping[str, Any]


class UrlResources:
    """Hands each URL to one function."""

    def __init__(self, stacks: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Take the resources of each stack, by the stack's path."""
        self._urls: list[_Url] = []
        self._taken: list[str] = []
        for stack_path, resources in stacks:
            known = aliases(resources)
            for name, resource in resources.items():
                properties = resource.get("Properties")
                if resource.get("Type") == _URL and isinstance(properties, dict):
                    reference = properties.get("TargetFunctionArn")
                    target = function_name(reference)
                    qualified = {"Qualifier": alias_name(reference, resources), **properties}
                    place = posixpath.join(stack_path, name)
                    self._urls.append(_Url(place, stack_path, known.get(target, target), qualified))

    def take(self, names: Iterable[str], stack_path: str) -> Mapping[str, Any] | None:
        """Return the properties of the URL of the function with these names, in its stack or another.

        Their Qualifier is the alias that the URL calls, in whatever form the template names it.
        """
        names = set(names)
        found = [url for url in self._urls if url.target in names and url.name not in self._taken]
        found.sort(key=lambda url: url.stack_path != stack_path)
        if not found:
            return None
        self._taken.append(found[0].name)
        return found[0].properties

    def left_out(self, names: Iterable[str]) -> dict[str, str]:
        """Return why the others are not served; the names are those of all functions."""
        known = set(names)
        return {
            url.name: f"Its function {url.target} has another function URL; one is served here."
            if url.target in known
            else f"There is no function here that its TargetFunctionArn names: {url.target}."
            for url in self._urls
            if url.name not in self._taken
        }


def aliases(resources: Mapping[str, Any]) -> dict[str, str]:
    """Return the function of each alias, by the alias's logical id."""
    found: dict[str, str] = {}
    for name, resource in resources.items():
        properties = resource.get("Properties") or {}
        if resource.get("Type") == _ALIAS:
            found[name] = function_name(properties.get("FunctionName"))
        elif published := _published(name, properties):
            found[published] = name
    return found


def function_name(reference: Any) -> str:
    """Return the name in 123456789012:function:name:alias, name:alias, F.Arn or F.Alias."""
    name = _qualified_name(reference).partition(":")[0]
    return re.sub(r"\.(Arn|Alias)$", "", name)


def alias_name(reference: Any, resources: Mapping[str, Any]) -> str | None:
    """Return the alias that a reference names, itself or by the alias's resource; None without one."""
    name, _, named = _qualified_name(reference).partition(":")
    alias: Any = named
    for logical_id, resource in resources.items():
        properties = resource.get("Properties") or {}
        if logical_id == name and resource.get("Type") == _ALIAS:
            alias = properties.get("Name")
        elif name in (f"{logical_id}.Alias", _published(logical_id, properties)):
            alias = properties.get("AutoPublishAlias")
    return alias if isinstance(alias, str) and alias else None


def _qualified_name(reference: Any) -> str:
    if isinstance(reference, dict):
        reference = reference.get("Ref") or reference.get("Fn::GetAtt") or ""
    if isinstance(reference, list):
        reference = ".".join(map(str, reference))
    return str(reference).rpartition("function:")[2]


def _published(logical_id: str, properties: Mapping[str, Any]) -> str | None:
    """Return the logical id of the alias that SAM makes of a function's AutoPublishAlias."""
    alias = properties.get("AutoPublishAlias")
    return f"{logical_id}Alias{re.sub('[^a-zA-Z0-9]', '', alias)}" if isinstance(alias, str) else None
