"""`--debug PORT`: Python functions start under debugpy and wait for a debugger.

Our stand-in for /var/lang has a site-packages of its own, empty otherwise: a .pth file there runs before
anything of the function, whichever runtime it is started with.
"""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

from local_lambda.model.function import ConfigurationError, FunctionConfiguration

# Tell the process its port, and which directories of its are copies of the user's.
_VARIABLE = "_LOCAL_LAMBDA_DEBUG"
_COPIES = "_LOCAL_LAMBDA_COPIES"
# In seconds: how long a function may stay at a breakpoint.
_A_DAY = 24 * 60 * 60
# The previous environment's debug adapter may hold the port for a moment.
_STARTER = """
import os, sys, time

def listen(debugpy, port):
    until = time.monotonic() + 10
    while True:
        try:
            return debugpy.listen(("127.0.0.1", int(port)))
        except (OSError, RuntimeError) as error:
            if time.monotonic() > until:
                return print("The debugger cannot use port " + port + ":", error, file=sys.stderr, flush=True)
            time.sleep(0.1)

# A breakpoint is in the source, the function runs a copy of it. A debugger's own pathMappings come after:
# Visual Studio Code sends one of the whole workspace to itself.
def map_paths(files, copies):
    import json
    ours = [tuple(pair) for pair in json.loads(copies)]
    set_up = files.setup_client_server_paths
    files.setup_client_server_paths = lambda paths: set_up(ours + list(paths))
    set_up(ours)

port, copies = os.environ.pop("{variable}", None), os.environ.pop("{copies}", "[]")
if port is not None:
    sys.path.append("{packages}")
    import debugpy
    sys.path.remove("{packages}")
    if listen(debugpy, port):
        map_paths(sys.modules["pydevd_file_utils"], copies)
        print("Waiting for a debugger at 127.0.0.1:" + port, file=sys.stderr, flush=True)
        debugpy.wait_for_client()
"""


class Debugging:
    """Gives each function a port, counting up from the first."""

    def __init__(self, first_port: int, work: Path) -> None:
        found = importlib.util.find_spec("debugpy")
        if found is None or found.origin is None:
            raise ConfigurationError("--debug needs debugpy: pip install debugpy.")
        self._package = Path(found.origin).parent
        self._packages = work / "debugpy"
        self._first_port = first_port
        self._ports: dict[str, int] = {}

    def applied_to(self, function: FunctionConfiguration) -> FunctionConfiguration:
        """Return the function with one environment at a time, and a timeout of a day."""
        return replace(function, timeout=_A_DAY, reserved_concurrency=1)

    def variables(self, function: FunctionConfiguration, lang: Path) -> dict[str, str]:
        """Prepare /var/lang; return the environment variables that the process needs."""
        self._make(lang)
        name = function.logical_id
        port = self._ports.setdefault(name, self._first_port + len(self._ports))
        copies = [(str(source), str(copy)) for source, copy in function.copies]
        return {_VARIABLE: str(port), _COPIES: json.dumps(copies), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}

    def notice(self, function: FunctionConfiguration) -> str:
        """Return where the function will wait: its process starts with its first invocation."""
        port = self._ports[function.logical_id]
        return f"{function.logical_id} will wait for a debugger at 127.0.0.1:{port} when it is invoked"

    def _make(self, lang: Path) -> None:
        if not self._packages.exists():
            self._packages.mkdir()
            (self._packages / "debugpy").symlink_to(self._package)
        (version,) = (path.name for path in (lang / "bin").iterdir())
        site = lang / "lib" / version / "site-packages"
        site.mkdir(parents=True, exist_ok=True)
        (site / "_local_lambda_debug.py").write_text(
            _STARTER.format(variable=_VARIABLE, copies=_COPIES, packages=self._packages)
        )
        (site / "_local_lambda_debug.pth").write_text("import _local_lambda_debug\n")
