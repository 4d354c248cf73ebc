"""Makes a mount namespace for namespace.py, in a process of its own, and waits until it has been taken.

    python -IS namespace_mounts.py USER OPT [READ-ONLY ...]

USER is 1 for a user namespace too, else 0; the others are paths. It knows nothing of local_lambda. A first
invocation waits for it: it imports little. os.unshare is there from Python 3.12 on, mount(2) not at all:
therefore ctypes.
"""

import ctypes
import os
import sys

_OPT = "/opt"
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


def _mount(source: str, target: str, flags: int) -> None:
    names = os.fsencode(source), os.fsencode(target)
    _check(_libc.mount(*names, None, ctypes.c_ulong(flags), None), f"mount {target}")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _unshare(*, user: bool) -> None:
    ids = os.geteuid(), os.getegid()
    _check(_libc.unshare(_NEW_MOUNTS | (_NEW_USER if user else 0)), "unshare")
    if user:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{ids[0]} {ids[0]} 1")
        _write("/proc/self/gid_map", f"{ids[1]} {ids[1]} 1")
    # What the machine mounts from now on is seen here, and never the other way round.
    _mount("none", "/", _RECURSIVE | _SLAVE)


def _bind(source: str, target: str) -> None:
    _mount(source, target, _BIND | _RECURSIVE)


def _make_read_only(path: str) -> None:
    flags = os.statvfs(path).f_flag & _KEPT
    # statvfs and mount number this one flag differently.
    flags = flags & ~os.ST_RELATIME | (_RELATIME if flags & os.ST_RELATIME else 0)
    _mount("none", path, _REMOUNT | _BIND | _READ_ONLY | flags)


def _add_the_machine_s(machine: str, ours: str) -> None:
    """Let everything of the machine's /opt be seen, but for what a layer has under the same name."""
    try:
        entries = sorted(os.scandir(machine), key=lambda entry: entry.name)
    except OSError:  # not for our eyes
        return
    for entry in entries:
        place = os.path.join(ours, entry.name)
        if not os.path.lexists(place):
            _add(entry, place)
        elif entry.is_dir() and os.path.isdir(place):
            _make_real(place)
            _add_the_machine_s(entry.path, place)


def _add(entry: "os.DirEntry[str]", place: str) -> None:
    if entry.is_symlink():
        os.symlink(os.readlink(entry.path), place)
        return
    if entry.is_dir():
        os.mkdir(place)
    else:
        _write(place, "")
    _bind(entry.path, place)


def _make_real(directory: str) -> None:
    """Turn a link to a layer's directory into a directory of links."""
    if os.path.islink(directory):
        source = os.path.realpath(directory)
        os.unlink(directory)
        os.mkdir(directory)
        for name in os.listdir(source):
            os.symlink(os.path.join(source, name), os.path.join(directory, name))


def _make(user: str, opt: str, *read_only: str) -> None:
    if not os.path.isdir(_OPT):
        raise FileNotFoundError("this machine has no directory /opt")
    _unshare(user=user == "1")
    _add_the_machine_s(_OPT, opt)
    _bind(opt, _OPT)
    _make_read_only(_OPT)
    for path in read_only:
        _bind(path, path)
        _make_read_only(path)


if __name__ == "__main__":
    try:
        _make(*sys.argv[1:])
    except OSError as error:
        sys.stdout.write(f"{error.strerror or error}\n")
    else:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()
