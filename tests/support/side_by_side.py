"""Which tests stay together, and which begin first, when pytest-xdist runs them side by side."""

from __future__ import annotations

from typing import Any

import pytest

# What takes longest; all else follows in the order of collection.
_FIRST = (
    "tests/end_to_end/docker/",
    "tests/integration/local_lambda/endpoints/console/",
    "tests/conformance/suites/",
    "tests/end_to_end/deploy/test_rehearse.py",
    "tests/end_to_end/deploy/",
    "tests/end_to_end/examples/",
    "tests/conformance/tools/",
    "tests/end_to_end/project/",
    "tests/end_to_end/",
    "tests/integration/tools/",
    "tests/integration/lambda_streaming/shared/test_soak.py",
    "tests/integration/local_lambda/",
    "tests/conformance/type_checkers/",
    "tests/integration/lambda_streaming/frameworks/",
    "tests/conformance/rie/",
    "tests/integration/",
    "tests/conformance/function_url/",
    "tests/conformance/awslambdaric/",
)
# Directories whose files share a server, an image or a browser, and the name of their group. What a browser
# loads is broken off when a container starts or ends: one process runs both, in turn.
_TOGETHER = {
    "tests/end_to_end/docker/": "docker, then the console",
    "tests/integration/local_lambda/endpoints/console/": "docker, then the console",
    "tests/integration/lambda_streaming/frameworks/": "frameworks",
}


def starts(node_id: str) -> int:
    """The place in the order; what is not listed comes last."""
    return next((place for place, path in enumerate(_FIRST) if node_id.startswith(path)), len(_FIRST))


def group(item: pytest.Item) -> str:
    """The name that tests of one process share: the file's, or less where nothing is shared within it."""
    path = item.nodeid.partition("::")[0]
    together = next((name for directory, name in _TOGETHER.items() if path.startswith(directory)), None)
    if together is not None:
        return together
    parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    if "case" in parameters and "awslambdaric" in path:
        return f"{path.rpartition('/')[0]} {parameters['case'].name}"  # what awslambdaric does is kept
    return f"{path} {parameters.get('interpreter', '')}"
