"""Makes a mount namespace for namespace.py, in a process of its own, and waits until it has been taken.

It knows nothing of local_lambda and uses the standard library only. os.unshare is there from Python 3.12 on,
mount(2) not at all: therefore ctypes.
"""

import ctypes
import json
import os
import sys
from pathlib import Path

_OPT = Path("/opt")
# linux/sched.h and linux/mount.h
_NEW_MOUNTS, _NEW_USER = 0x20000, 0x10000000
_READ_ONLY, _REMOUNT, _BIND, _RECURSIVE, _SLAVE = 1, 32, 4096, 16384, 1 << 19
# Of a mount's flags, those that an ordinary user's namespace must keep, as statvfs(3) has them.
_KEPT = os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC | os.ST_NOATIME | os.ST_NODIRATIME | os.ST_RELATIME
_RELATIME = 1 << 21

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _mount(source: Path, target: Path, flags: int) -> None:
    names = os.fsencode(source), os.fsencode(target)
    _check(_libc.mount(*names, None, ctypes.c_ulong(flags), None), f"mount {target}")


def _unshare(*, user: bool) -> None:
    ids = os.geteuid(), os.getegid()
    _check(_libc.unshare(_NEW_MOUNTS | (_NEW_USER if user else 0)), "unshare")
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{ids[0]} {ids[0]} 1")
        Path("/proc/self/gid_map").write_text(f"{ids[1]} {ids[1]} 1")
    # What the machine mounts from now on is seen here, and never the other way round.
    _mount(Path("none"), Path("/"), _RECURSIVE | _SLAVE)


def _bind(source: Path, target: Path) -> None:
    _mount(source, target, _BIND | _RECURSIVE)


def _make_read_only(path: Path) -> None:
    flags = os.statvfs(path).f_flag & _KEPT
    # statvfs and mount number this one flag differently.
    flags = flags & ~os.ST_RELATIME | (_RELATIME if flags & os.ST_RELATIME else 0)
    _mount(Path("none"), path, _REMOUNT | _BIND | _READ_ONLY | flags)


def _add_the_machine_s(machine: Path, ours: Path) -> None:
    """Let everything of the machine's /opt be seen, but for what a layer has under the same name."""
    try:
        entries = sorted(machine.iterdir())
    except OSError:  # not for our eyes
        return
    for entry in entries:
        place = ours / entry.name
        if not os.path.lexists(place):
            _add(entry, place)
        elif entry.is_dir() and place.is_dir():
            _make_real(place)
            _add_the_machine_s(entry, place)


def _add(entry: Path, place: Path) -> None:
    if entry.is_symlink():
        place.symlink_to(entry.readlink())
        return
    if entry.is_dir():
        place.mkdir()
    else:
        place.touch()
    _bind(entry, place)


def _make_real(directory: Path) -> None:
    """Turn a link to a layer's directory into a directory of links."""
    if directory.is_symlink():
        source = directory.resolve()
        directory.unlink()
        directory.mkdir()
        for entry in source.iterdir():
            (directory / entry.name).symlink_to(entry)


def _make(plan: dict[str, object]) -> None:
    opt, read_only = Path(str(plan["opt"])), plan["read_only"]
    assert isinstance(read_only, list)
    if not _OPT.is_dir():
        raise FileNotFoundError("this machine has no directory /opt")
    _unshare(user=bool(plan["user"]))
    _add_the_machine_s(_OPT, opt)
    _bind(opt, _OPT)
    _make_read_only(_OPT)
    for path in map(Path, read_only):
        _bind(path, path)
        _make_read_only(path)


if __name__ == "__main__":
    try:
        _make(json.loads(sys.argv[1]))
    except OSError as error:
        sys.stdout.write(f"{error.strerror or error}\n")
    else:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()
