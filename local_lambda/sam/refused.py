"""Resources that AWS would not deploy, although SAM CLI reads them, or stumbles over them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html and
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from collections.abc import Mapping
from typing import Any

_FUNCTION = "AWS::Serverless::Function"


def malformed(name: str, resource: Any) -> str:
    """Return why an entry of Resources is no resource; "" if it is one, or stands for some (Fn::ForEach)."""
    if name.startswith("Fn::"):
        return ""
    if not isinstance(resource, Mapping):
        return "It is not a map: CloudFormation refuses it."
    if not isinstance(resource.get("Type"), str):
        return "Its Type is not a text: CloudFormation refuses it."
    if not isinstance(resource.get("Properties") or {}, Mapping):
        return "Its Properties are not a map: CloudFormation refuses it."
    return ""


def refused(resource: Mapping[str, Any], shared: Any) -> str:
    """Return why a function cannot be deployed; "" if it can. ``shared`` is the template's Globals."""
    if resource.get("Type") != _FUNCTION:
        return ""
    properties = {**((shared or {}).get("Function") or {}), **(resource.get("Properties") or {})}
    url = properties.get("FunctionUrlConfig")
    if isinstance(url, dict) and len(url) == 1 and next(iter(url)).startswith(("Fn::", "Ref")):
        return f"Its FunctionUrlConfig is wholly an {next(iter(url))}, of which SAM makes no function URL."
    if url and properties.get("TenancyConfig"):
        return "It has a FunctionUrlConfig and a TenancyConfig: SAM refuses a function with both."
    return _refused_event(properties.get("Events") or {})


def _refused_event(events: Any) -> str:
    if not isinstance(events, Mapping):
        return "Its Events are not a map: SAM refuses it."
    for name, event in events.items():
        if name.startswith("Fn::"):
            continue  # a transform or a loop that makes events
        if not isinstance(event, Mapping) or not isinstance(event.get("Type"), str):
            return f"Its event {name} has no Type: SAM refuses it."
        if not isinstance(event.get("Properties") or {}, Mapping):
            return f"The Properties of its event {name} are not a map: SAM refuses it."
    return ""
