"""Whose process holds the other end of a connection to this machine: the kernel's table of sockets says so.

https://man7.org/linux/man-pages/man5/proc_net.5.html and proc_pid_fd.5
"""

import ipaddress
import sys
from collections.abc import Iterable
from pathlib import Path

Address = tuple[str, int]

_TABLE = Path("/proc/net/tcp")


def socket_of(client: Address, server: Address) -> int | None:
    """Return the inode of the client's socket: 0 when it has been closed, None when nobody can tell."""
    try:
        table = _TABLE.read_text()
    except OSError:  # not Linux
        return None
    row = table.partition(f" {_hex(client)} {_hex(server)} ")[2]
    # What follows: state, queues, timer, retransmissions, user, timeout, inode.
    return int(row.split(None, 7)[6]) if row else 0


def holds(processes: Iterable[int], inode: int) -> bool:
    """Return whether one of the processes has the socket."""
    return any(_has(pid, f"socket:[{inode}]") for pid in processes)


def _has(pid: int, name: str) -> bool:
    try:
        entries = list(Path(f"/proc/{pid}/fd").iterdir())
    except PermissionError:  # a program that nobody may look into: it may be
        return True
    except OSError:  # it has ended
        return False
    return any(_target(entry) == name for entry in entries)


def _target(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:  # closed meanwhile
        return ""


def _hex(address: Address) -> str:
    """Return an address as the table has it: the bytes of IPv4 as a number of this machine's."""
    host, port = address
    number = int.from_bytes(ipaddress.IPv4Address(host).packed, sys.byteorder)
    return f"{number:08X}:{port:04X}"
