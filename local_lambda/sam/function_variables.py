"""The environment variables of a function: what the template declares, with the values of --env-vars."""

import json
from typing import Any

from local_lambda.sam.env_vars import VariableOverrides, for_function, undeclared, unused


def variables_of(
    name: str, function: Any, overrides: VariableOverrides, notices: list[str]
) -> dict[str, str]:
    """Return the variables of a function of SAM CLI's; a notice is added for each that is not set."""
    variables = {}
    for key, value in _declared(function, overrides, notices).items():
        if isinstance(value, (dict, list)):
            notices.append(f"{name}: {key} is not set: {json.dumps(value)} has a value on AWS only")
        else:
            variables[str(key)] = value if isinstance(value, str) else json.dumps(value)
    return variables


def unused_overrides(overrides: VariableOverrides, functions: list[Any]) -> list[str]:
    """Return a notice for each value of --env-vars that none of the template's functions takes."""
    declared = [(function.environment or {}).get("Variables") or {} for function in functions]
    names = [name for function in functions for name in _names(function)]
    return unused(overrides, names, [key for one in declared for key in one])


def _declared(function: Any, overrides: VariableOverrides, notices: list[str]) -> dict[str, Any]:
    """Return the variables that the template declares, some with another value."""
    declared = (function.environment or {}).get("Variables") or {}
    names = _names(function)
    for key in undeclared(overrides, names, declared):
        notices.append(f"{names[-1]}: {key} of --env-vars is not set: the template has no such variable")
    other = for_function(overrides, names)
    return {key: other.get(key, value) for key, value in declared.items()}


def _names(function: Any) -> tuple[str, ...]:
    """Return what a function is called in --env-vars, in the order of SAM CLI."""
    return (function.name, function.function_id, str(function.functionname), function.full_path)
