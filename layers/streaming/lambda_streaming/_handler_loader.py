"""Find the handler that _HANDLER names, or say in Lambda's words why there is none."""

from __future__ import annotations

import sys

from lambda_streaming._exceptions import RuntimeFault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def load(name: str) -> Callable[..., Any]:
    """Return the function ``module.function`` or ``folder/module.function``, importing its module.

    Raises RuntimeFault as the managed runtime does, TypeError for an application without its adapter; any
    other exception is the module's own.
    """
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        # Worded as the managed runtime words it.
        message = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        raise RuntimeFault("Runtime.MalformedHandlerName", message)
    module = _import(module_name)
    try:
        handler: Callable[..., Any] = getattr(module, function_name)
    except AttributeError:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise RuntimeFault("Runtime.HandlerNotFound", message) from None
    code = getattr(handler, "__code__", None)
    if code is None or code.co_varnames[: code.co_argcount][-1:] in (("send",), ("start_response",)):
        from lambda_streaming._application_kind import refuse_as_handler

        refuse_as_handler(handler, name)
    return handler


def _import(name: str) -> Any:
    if name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {name} as a handler module"
        raise RuntimeFault("Runtime.BuiltInModuleConflict", message)
    module_name = name.replace("/", ".")
    try:
        if module_name.startswith("."):  # no module: importlib knows the words for that
            import importlib

            return importlib.import_module(module_name)
        __import__(module_name)
        return sys.modules[module_name]
    except ImportError as error:
        message = f"Unable to import module '{name}': {error}"
        raise RuntimeFault("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{name}': {error}"
        raise RuntimeFault("Runtime.UserCodeSyntaxError", message, trace) from error
