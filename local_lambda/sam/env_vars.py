"""The values of --env-vars: environment variables that replace those of the template.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-invoke.html:
an object of variables for each function, and one named Parameters for all. As with SAM CLI, only a variable
that the template declares gets another value.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from local_lambda.model.function import ConfigurationError

_ALL = "Parameters"

VariableOverrides = Mapping[str, Mapping[str, Any]]


def parse(text: str, path: object) -> VariableOverrides:
    """Read the file's text. Raises ConfigurationError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path} is not JSON: {error}.") from error
    if not isinstance(document, dict) or not all(isinstance(value, dict) for value in document.values()):
        raise ConfigurationError(
            f"{path} must be an object that has an object of variables for each function."
        )
    return document


def for_function(overrides: VariableOverrides, names: Iterable[str]) -> dict[str, Any]:
    """Return a function's values: those under the first of its names that has any, before those for all."""
    own = next((overrides[name] for name in names if overrides.get(name)), {})
    return {**overrides.get(_ALL, {}), **own}


def undeclared(overrides: VariableOverrides, names: Iterable[str], declared: Iterable[str]) -> list[str]:
    """Return the names that are given for the function, but that its template does not declare."""
    own = next((overrides[name] for name in names if overrides.get(name)), {})
    return sorted(set(own) - set(declared))


def unused(overrides: VariableOverrides, functions: Iterable[str], variables: Iterable[str]) -> list[str]:
    """Return what is meant for a function that there is not, and for all of them, but declared by none."""
    names, declared = sorted(set(functions) - {_ALL}), set(variables)
    unknown = sorted(set(overrides) - set(names) - {_ALL})
    undeclared = sorted(set(overrides.get(_ALL, {})) - declared)
    return [f"{name} of --env-vars is not a function of the template" for name in unknown] + [
        f"{key} of --env-vars is not set: no function has such a variable" for key in undeclared
    ]
