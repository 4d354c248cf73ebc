"""The parameters of a template, and the values that the user gives them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any


class Parameters:
    """Compares what a template's `Parameters` declares with the values given."""

    def __init__(self, declared: Any, given: Iterable[str]) -> None:
        parameters = declared if isinstance(declared, dict) else {}
        self._names = sorted(map(str, parameters))
        self._given = list(given)
        values = {name for name, one in parameters.items() if isinstance(one, dict) and "Default" in one}
        self._missing = [name for name in self._names if name not in {*values, *self._given}]

    def notices(self) -> list[str]:
        """Return what the user should know: parameters without a value, values without a parameter."""
        known = f"it has {', '.join(self._names)}" if self._names else "it has none"
        unknown = [key for key in self._given if key not in self._names]
        return [f"{_no_value(name)}; its name stands for one" for name in self._missing] + [
            f"{key} of --parameter-overrides is not a parameter of the template: {known}" for key in unknown
        ]

    def cause(self, message: str) -> str | None:
        """Return what is wrong when a message quotes a parameter's name that stands for its value."""
        found = next((name for name in self._missing if repr(name) in message), None)
        return f"{_no_value(found)}." if found else None


def nested(stack_path: str, declared: Any, given: Mapping[str, Any]) -> list[str]:
    """Return a notice for each parameter of a nested stack whose value is not known here."""
    parameters = declared if isinstance(declared, dict) else {}
    notices = []
    for name, one in parameters.items():
        if isinstance(given.get(name), dict):
            why = f"has a value on AWS only: {json.dumps(given[name])}"
        elif name not in given and isinstance(one, dict) and "Default" not in one:
            why = "has no value: it would not be deployed"
        else:
            continue
        notices.append(f"{stack_path}: the parameter {name} {why}; its name stands for one")
    return notices


def _no_value(name: str) -> str:
    return f"The parameter {name} has no value: give it one with --parameter-overrides {name}=VALUE"
