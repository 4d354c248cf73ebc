"""Whose process holds the other end of a connection to this machine: the kernel says so.

https://man7.org/linux/man-pages/man7/sock_diag.7.html and man5/proc_pid_fd.5.html
"""

import ipaddress
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

Address = tuple[str, int]

# linux/netlink.h, linux/sock_diag.h and linux/inet_diag.h. The table in /proc/net/tcp takes a tenth of a
# second where there are thousands of connections.
_SOCKET_DIAGNOSTICS, _BY_FAMILY, _REQUEST = 4, 20, 1
_HEAD = struct.Struct("=IHHII")
_ANY = 0xFFFFFFFF
_INODE_AT = 84


def socket_of(client: Address, server: Address) -> int | None:
    """Return the inode of the client's socket: 0 when it has been closed, None when nobody can tell."""
    ends = [ipaddress.IPv4Address(host).packed for host, _ in (client, server)]
    body = struct.pack("=BBBBI", socket.AF_INET, socket.IPPROTO_TCP, 0, 0, _ANY)
    body += struct.pack("!HH16s16s", client[1], server[1], *ends)
    body += struct.pack("=III", 0, _ANY, _ANY)  # any interface, any cookie
    head = _HEAD.pack(_HEAD.size + len(body), _BY_FAMILY, _REQUEST, 0, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCKET_DIAGNOSTICS) as kernel:
            kernel.settimeout(1)
            kernel.send(head + body)
            answer = kernel.recv(4096)
    except (AttributeError, OSError):  # not Linux, or not allowed here
        return None
    if _HEAD.unpack_from(answer)[1] != _BY_FAMILY:  # an error: there is none
        return 0
    return int(struct.unpack_from("=I", answer, _INODE_AT)[0])


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
