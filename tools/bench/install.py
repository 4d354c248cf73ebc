"""Installs the other peers into tools/bench/.cache, once for each interpreter; says why where it cannot."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

CACHE = Path(__file__).parent / ".cache"
PYTHON_PEERS = ("awslambdaric==4.2.2", "mangum==0.22.0", "starlette==1.10.0")
WEB_APPS = (*PYTHON_PEERS[1:], "fastapi==0.165.0", "uvicorn==0.54.0")
WEB_SERVER = ("uvicorn==0.54.0", "starlette==1.10.0")
NODE_RIC = "aws-lambda-ric@4.0.2"
NODE_MAJOR = 22  # the oldest that aws-lambda-ric 4 is made for
NODE_PACKAGE = "node@22.23.3"  # Node itself, from npm, where there is none that new
_TOOLS = ("autoconf", "automake", "libtoolize", "cmake", "g++", "make")


class Unavailable(Exception):
    """A peer cannot be had here; the text says why."""


def find_python(wanted: str | None, declared: str = "3.13") -> Path:
    """The interpreter of every Python peer: as asked for, else the declared version if it runs, else ours."""
    if wanted:
        found = shutil.which(wanted)
        if not found or not _version([found, "-V"]):
            raise Unavailable(f"{wanted} does not run")
        return Path(found)
    for folder in os.get_exec_path():
        candidate = Path(folder) / f"python{declared}"
        if candidate.exists() and _version([str(candidate), "-V"]).startswith(f"Python {declared}"):
            return candidate  # not merely a shim of a version manager
    return Path(getattr(sys, "_base_executable", sys.executable))


def python_version(python: Path) -> str:
    """Like "3.13.0"."""
    return _version([str(python), "-V"]).split()[-1]


def cache_tag(python: Path) -> str:
    """Like "cpython-313"."""
    return _version([str(python), "-c", "import sys; print(sys.implementation.cache_tag)"])


def node_version(node: Path) -> str:
    """Like "22.23.3"."""
    return _version([str(node), "-v"]).lstrip("v")


def python_peers(python: Path) -> Path:
    """The folder with awslambdaric, mangum and Starlette for this interpreter."""
    home = _environment(python, CACHE / f"python-{python_version(python)}", PYTHON_PEERS)
    return next(home.glob("lib/python*/site-packages"))


def web_packages(python: Path) -> Path:
    """The folder with FastAPI, Starlette, mangum and uvicorn as `sam build` installs them: not compiled."""
    home = CACHE / f"web-{python_version(python)}"
    marker = home / "installed.json"
    if not marker.exists() or json.loads(marker.read_text()) != list(WEB_APPS):
        print(f"installing {', '.join(WEB_APPS)}, once", file=sys.stderr)
        shutil.rmtree(home, ignore_errors=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        _run([*pip, "--target", str(home / "packages"), *WEB_APPS])
        marker.write_text(json.dumps(WEB_APPS))
    return home / "packages"


def web_server(python: Path) -> Path:
    """The interpreter of a virtual environment that has uvicorn and Starlette."""
    return _environment(python, CACHE / f"uvicorn-{python_version(python)}", WEB_SERVER) / "bin" / "python"


def _environment(python: Path, home: Path, packages: Sequence[str]) -> Path:
    marker = home / "installed.json"
    if not marker.exists() or json.loads(marker.read_text()) != list(packages):
        print(f"installing {', '.join(packages)}, once", file=sys.stderr)
        shutil.rmtree(home, ignore_errors=True)
        _run([str(python), "-m", "venv", str(home)])
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, *packages])
        marker.write_text(json.dumps(packages))
    return home


def node_peer() -> tuple[Path, Path]:
    """Node, and the entry point of its runtime interface client, which takes a minute to build."""
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is not installed")
    node, headers = _node(npm)
    home = CACHE / NODE_RIC
    entry = home / "node_modules" / "aws-lambda-ric" / "index.mjs"
    if not (entry.parent / "rapid-client.node").exists():
        missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
        if missing:
            raise Unavailable(f"to build {NODE_RIC}, install {', '.join(missing)}")
        # node-gyp would download Node's headers; those of this very Node are here already.
        path = os.pathsep.join([str(node.parent), os.environ["PATH"]])
        _npm(npm, home, NODE_RIC, {"npm_config_nodedir": str(headers), "PATH": path})
    return node, entry


def _node(npm: str) -> tuple[Path, Path]:
    """A Node that is new enough and the root of its headers: the machine's own, else one from npm."""
    system = shutil.which("node")
    if system and int(node_version(Path(system)).partition(".")[0] or 0) >= NODE_MAJOR:
        root = Path(system).resolve().parent.parent
        if (root / "include" / "node" / "node_api.h").exists():
            return Path(system), root
    # In a folder of its own: an `npm install` beside it removes the platform's half of this package.
    home = CACHE / NODE_PACKAGE
    node = home / "node_modules" / "node" / "bin" / "node"
    if not node.exists():
        _npm(npm, home, NODE_PACKAGE, {})
    headers = next(home.glob("node_modules/node/node_modules/*/include/node/node_api.h"), None)
    if headers is None:
        raise Unavailable(f"{NODE_PACKAGE} came without its headers")
    return node, headers.parents[2]


def _npm(npm: str, home: Path, package: str, extra: Mapping[str, str]) -> None:
    print(f"installing {package}, once", file=sys.stderr)
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text('{"private": true}')
    _run([npm, "install", "--no-audit", "--no-fund", "--prefix", str(home), package], extra)


def _run(command: Sequence[str], extra: Mapping[str, str] | None = None) -> None:
    variables = {**os.environ, **(extra or {})}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Unavailable(f"{Path(command[0]).name} failed: {' '.join(lines[-2:])[:300]}")


def _version(command: Sequence[str]) -> str:
    """What a program says its version is; empty when it does not run."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
