from __future__ import annotations

import pkgutil
import subprocess
import sys

import lambda_streaming

MODULES = [module.name for module in pkgutil.iter_modules(lambda_streaming.__path__)]
PUBLIC_MODULES = {"asgi", "sse", "testing", "types", "wsgi"}


def test_every_other_module_is_private_by_name() -> None:
    assert {name for name in MODULES if not name.startswith("_")} == PUBLIC_MODULES


def test_no_module_has_the_name_of_something_public() -> None:
    assert not {*MODULES} & {*lambda_streaming.__all__}


def test_public_names_stay_what_they_are_whatever_has_been_imported() -> None:
    """An import puts a submodule into its package, over a function of the same name."""
    everything = "".join(f"import lambda_streaming.{name}\n" for name in MODULES if name != "__main__")
    program = (
        f"{everything}"
        "import types, lambda_streaming\n"
        "from lambda_streaming import pipeline\n"
        "assert isinstance(pipeline, types.FunctionType), pipeline\n"
        "for name in lambda_streaming.__all__:\n"
        "    assert isinstance(getattr(lambda_streaming, name), (type, types.FunctionType)), name\n"
    )
    path = lambda_streaming.__file__.rpartition("/lambda_streaming/")[0]
    subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": path}, check=True)


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(lambda_streaming, "stream_response")
