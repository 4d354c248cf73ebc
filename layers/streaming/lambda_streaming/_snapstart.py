"""SnapStart: hooks before the snapshot is taken and after it has been restored.

The function registers them with AWS's `snapshot_restore_py`; where it has not imported that, there are none.
https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
"""

from __future__ import annotations

import sys

from lambda_streaming import _log
from lambda_streaming._error_document import error_document
from lambda_streaming._marshal_response import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._runtime_client import RuntimeClient

    Report = Callable[[str, bytes], bytes]

# Exit statuses and error types by which Lambda knows which hooks have failed.
_BEFORE_FAILED = 64
_AFTER_FAILED = 65


def wait_for_restore(client: RuntimeClient) -> int:
    """Run the hooks, and in between wait for the snapshot to be restored.

    Returns 0, or the status to exit with once the failure has been reported.
    """
    try:
        before = _registered("get_before_snapshot")
        while before:  # the last one registered comes first
            function, arguments, named = before.pop()
            function(*arguments, **named)
        client.restore_next()
        client.close()  # a connection that has been through a snapshot may be dead at the other end
    except BaseException as error:  # noqa: BLE001 - the user's hooks, and even their sys.exit() is reported
        _report(error, "Runtime.BeforeSnapshotError", client, client.requests.init_error)
        return _BEFORE_FAILED
    try:
        for function, arguments, named in _registered("get_after_restore"):
            function(*arguments, **named)
    except BaseException as error:  # noqa: BLE001 - as above
        _report(error, "Runtime.AfterRestoreError", client, client.requests.restore_error)
        return _AFTER_FAILED
    return 0


def _registered(getter: str) -> list[tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]]:
    library = sys.modules.get("snapshot_restore_py")
    hooks: list[tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]]
    hooks = [] if library is None else getattr(library, getter)()
    return hooks


def _report(error: BaseException, error_type: str, client: RuntimeClient, request: Report) -> None:
    document = error_document(error)
    _log.error(document)
    client.exchange(request(error_type, to_json(document).encode("utf-8", "backslashreplace")))
