"""What is in a template and is not served, or not by AWS: each by its name, with the reason.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html and
https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
"""

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any

from local_lambda.model.limits import MAX_MANAGED_TIMEOUT, MAX_TIMEOUT

_WEB_FUNCTION = "AWS::Serverless::WebFunction"


def web_functions(stacks: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Return a notice for each Lambda Web Function of the stacks, given by their paths and resources."""
    return [
        f"{posixpath.join(path, logical_id)} is left out: it is a Lambda Web Function ({_WEB_FUNCTION}), "
        "an HTTP server of its own and no handler"
        for path, resources in stacks
        for logical_id, resource in resources.items()
        if isinstance(resource, Mapping) and resource.get("Type") == _WEB_FUNCTION
    ]


def custom_runtime(name: str, runtime: Any) -> str | None:
    """Return a notice for a function with a customer-managed runtime; None for any other."""
    if runtime != "custom":
        return None
    return (
        f"{name} is left out: its runtime is customer-managed (Runtime: custom, RuntimeConfig), "
        "an image that only AWS has"
    )


def overlong_timeout(name: str, seconds: int, *, managed: bool) -> list[str]:
    """Return a notice where AWS would not accept the Timeout; ``managed`` is a CapacityProviderConfig's."""
    limit = MAX_MANAGED_TIMEOUT if managed else MAX_TIMEOUT
    if seconds <= limit:
        return []
    return [f"{name}: AWS accepts a Timeout of at most {limit} seconds here, not {seconds}"]
