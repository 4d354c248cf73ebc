"""Numbers and truth values as the texts that CloudFormation makes of them.

SAM CLI stumbles over a number in an Fn::Join, and over one with a decimal point in most functions; it writes
true as Python does. A parameter's value is a text, of Type Number too, and so is all that is in a mapping:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html
"""

import json
from typing import Any

from local_lambda.sam.substitutions import joined


def with_texts(document: dict[str, Any]) -> None:
    """Put the texts in a template: into its parameters, its mappings, and what is joined."""
    for parameter in _map(document.get("Parameters")).values():
        if isinstance(parameter, dict) and "Default" in parameter:
            parameter["Default"] = _text(parameter["Default"])
    if "Mappings" in document:
        document["Mappings"] = _texts(document["Mappings"])
    for section in ("Conditions", "Globals", "Resources"):
        if section in document:
            document[section] = _in_functions(joined(document[section]))


def _in_functions(value: Any) -> Any:
    """Return a value with texts where an `Fn::Join` has numbers."""
    if isinstance(value, list):
        return [_in_functions(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: _in_functions(one) for key, one in value.items()}
    arguments = found.get("Fn::Join")
    if isinstance(arguments, list) and len(arguments) == 2 and isinstance(arguments[1], list):
        found["Fn::Join"] = [arguments[0], [_text(one) for one in arguments[1]]]
    return found


def _texts(value: Any) -> Any:
    if isinstance(value, list):
        return [_texts(one) for one in value]
    return (
        {_text(key): _texts(one) for key, one in value.items()} if isinstance(value, dict) else _text(value)
    )


def _text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, (bool, int, float)) else value


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
