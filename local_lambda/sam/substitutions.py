"""`Fn::Sub` with variables or literals of its own, as the `Fn::Join` that it is short for.

SAM CLI takes the value of a variable for a name, which breaks it at a dot, and leaves `${!Literal}` as it is.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_SUB = "Fn::Sub"
_PLACE = re.compile(r"\$\{(!?)([^${}]*)\}")


def joined(value: Any) -> Any:
    """Return a part of a template with such an Fn::Sub replaced, wherever it is."""
    if isinstance(value, list):
        return [joined(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: joined(one) for key, one in value.items()}
    text, variables = _arguments(found.get(_SUB))
    if len(found) != 1 or not isinstance(text, str) or not (variables or "${!" in text):
        return found
    return {"Fn::Join": ["", list(_parts(text, variables))]}


def _arguments(value: Any) -> tuple[Any, Mapping[str, Any]]:
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], dict):
        return value[0], value[1]
    return value, {}


def _parts(text: str, variables: Mapping[str, Any]) -> Iterator[Any]:
    end = 0
    for place in _PLACE.finditer(text):
        if before := text[end : place.start()]:
            yield before
        literal, name = place.groups()
        if literal:
            yield f"${{{name}}}"
        else:
            yield variables[name] if name in variables else {_SUB: place[0]}
        end = place.end()
    if rest := text[end:]:
        yield rest
