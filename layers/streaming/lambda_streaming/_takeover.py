"""Take Lambda's managed process over from a `.pth` file: for LAMBDA_STREAMING=1, without an exec wrapper.

AWS's bootstrap.py imports awslambdaric, then makes a site directory of the function's folder and of the
layers: the `.pth` files there are run before its loop begins. In a container image the package may be in
site-packages, where every Python that starts runs them: only the managed runtime's own process is taken over.

- Started by our exec wrapper, the process is ours already: nothing is done.
- LAMBDA_STREAMING_DISABLED=1 leaves the managed loop in its place, whatever else is set.
- Under another exec wrapper it works as without.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_YES = ("1", "true", "TRUE", "True")
_PACKAGE = __file__.rpartition("/")[0]

_taken_over = False


def take_over() -> None:
    """Serve the function's invocations until the process ends, if it is the managed runtime's.

    The runtime itself looks for `.pth` files once more, and comes by here again: then nothing is done.
    """
    global _taken_over
    if _taken_over or not is_asked_for(os.environ):
        return
    options = interpreter_options(sys.argv, sys.orig_argv, os.environ.get("LAMBDA_RUNTIME_DIR", ""))
    if options is None:
        return
    _taken_over = True
    if hasattr(sys.modules["__main__"], "__file__"):
        _serve()
    else:
        _start_anew(options)


def is_asked_for(environ: Mapping[str, str]) -> bool:
    """Tell whether the variables, inside Lambda, ask for this runtime."""
    return (
        environ.get("LAMBDA_STREAMING") in _YES
        and environ.get("LAMBDA_STREAMING_DISABLED") not in _YES
        and "AWS_LAMBDA_RUNTIME_API" in environ
    )


def interpreter_options(argv: Sequence[str], orig_argv: Sequence[str], runtime_dir: str) -> list[str] | None:
    """Return the options of an interpreter that runs the managed loop; None if it runs anything else.

    The managed loop is LAMBDA_RUNTIME_DIR's bootstrap.py, or, in an image of one's own, `-m awslambdaric`.
    """
    if argv and argv[0] == f"{runtime_dir or '/var/runtime'}/bootstrap.py":
        return list(orig_argv[1 : -len(argv)])
    place = len(orig_argv) - len(argv)  # of a module's name: argv has its arguments, and a first item
    if argv and place > 1 and list(orig_argv[place - 1 : place + 1]) == ["-m", "awslambdaric"]:
        return list(orig_argv[1 : place - 1])
    return None


def _serve() -> None:
    """Serve in this process: the managed runtime has begun, and set sys.path up as far as our `.pth`."""
    from lambda_streaming import _main, _sys_path

    names = vars(sys.modules["__main__"])
    if "awslambdaricmain" in names:
        names["awslambdaricmain"] = _Names()
    try:
        _sys_path.complete(_main.PACKAGE_PARENT)
        status = _main.run()
    except Exception:  # `site` would print it and go on, to a second loop
        sys.excepthook(*sys.exc_info())
        status = 1
    sys.exit(status)


class _Names:
    """Stands for awslambdaric in the managed runtime's ``__main__``, where Sentry looks for its functions.

    Those that this runtime calls are meant. Who does not ask for them does not pay for them.
    """

    def __getattr__(self, name: str) -> object:
        from lambda_streaming import _awslambdaric

        return getattr(_awslambdaric, name)


def _start_anew(options: list[str]) -> None:
    """Replace the process, which is still starting: a program cannot be run from there."""
    if sys.argv[0] == "-m" and "_HANDLER" not in os.environ:
        os.environ["_HANDLER"] = "".join(sys.argv[1:2])
    script = f"{_PACKAGE}/__main__.py"
    os.execv(sys.executable, [sys.executable, *options, "-P", script])
