"""The conditions of a template: which of its resources exist, and which branch of `Fn::If` counts.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html. SAM CLI does
not read `Condition` on resources, and leaves an `Fn::If` that chooses `AWS::NoValue` unresolved.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local_lambda.model.function import ConfigurationError

_NO_VALUE = {"Ref": "AWS::NoValue"}
_ABSENT = object()


class Conditions:
    """The `Conditions` of a template; ``resolve`` returns the value of an intrinsic function in one."""

    def __init__(self, declared: Any, resolve: Callable[[Any], Any]) -> None:
        self._declared: Mapping[str, Any] = declared if isinstance(declared, dict) else {}
        self._resolve = resolve
        self._known: dict[str, bool] = {}

    def holds(self, name: Any) -> bool:
        """Return whether a condition holds. Raises ConfigurationError if the template does not define it."""
        if not isinstance(name, str) or name not in self._declared:
            raise ConfigurationError(f"The template has no condition {name}.")
        if name not in self._known:
            self._known[name] = True  # of conditions in a circle, which AWS refuses
            self._known[name] = self._true(self._declared[name])
        return self._known[name]

    def chosen(self, value: Any) -> Any:
        """Return a value with every `Fn::If` replaced by its branch. Raises ConfigurationError."""
        found = self._chosen(value)
        return None if found is _ABSENT else found

    def _true(self, value: Any) -> bool:
        function, arguments = _only_item(value)
        if function == "Condition":
            return self.holds(arguments)
        if function == "Fn::Equals":
            one, other = (_text(self._resolve(argument)) for argument in arguments)
            return one == other
        if function in ("Fn::And", "Fn::Or"):
            return (all if function == "Fn::And" else any)([self._true(argument) for argument in arguments])
        if function == "Fn::Not":
            return not self._true(arguments[0])
        return _text(self._resolve(value)) == "true"

    def _chosen(self, value: Any) -> Any:
        if value == _NO_VALUE:
            return _ABSENT
        if isinstance(value, list):
            return [one for one in map(self._chosen, value) if one is not _ABSENT]
        if not isinstance(value, dict):
            return value
        function, arguments = _only_item(value)
        if function == "Fn::If" and isinstance(arguments, list) and len(arguments) == 3:
            return self._chosen(arguments[1 if self.holds(arguments[0]) else 2])
        found = {key: self._chosen(one) for key, one in value.items()}
        return {key: one for key, one in found.items() if one is not _ABSENT}


def _only_item(value: Any) -> tuple[str, Any]:
    if isinstance(value, dict) and len(value) == 1:
        ((key, item),) = value.items()
        return str(key), item
    return "", None


def _text(value: Any) -> str:
    """Return a value as CloudFormation compares it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
