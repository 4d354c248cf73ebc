"""References of a resource to what its template does not define: CloudFormation refuses them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

# ${!Literal} is none, and the AWS:: ones are AWS's own.
_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.[^}]*)?\}")


def undefined(resource: Any, defined: Collection[str]) -> list[str]:
    """Return the names that a resource refers to and that are not defined, each once.

    What SAM's transform makes begins with the name of what it is made for (FunctionRole, FunctionAliaslive,
    ApiprodStage), or with Serverless; such names pass.
    """
    names = dict.fromkeys(_names(resource))
    return [name for name in names if not name.startswith(("AWS::", "Serverless", *defined))]


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _names(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "Ref" and isinstance(one, str):
                yield one
            elif key == "Fn::GetAtt":
                yield str(one[0] if isinstance(one, list) else one).partition(".")[0]
            elif key == "Fn::Sub":
                yield from _substituted(one)
            else:
                yield from _names(one)


def _substituted(value: Any) -> Iterator[str]:
    text, own = value if isinstance(value, list) and len(value) == 2 else (value, {})
    yield from _names(own)
    if isinstance(text, str):
        yield from (name for name in _SUBSTITUTED.findall(text) if name not in own)
