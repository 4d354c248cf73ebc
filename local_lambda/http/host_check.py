"""Who may call the API: programs on this machine, but no web page in one of its browsers.

A page of any site can send requests to 127.0.0.1, and read the responses once its own host name resolves to
127.0.0.1 (DNS rebinding). The Host and Origin headers show both: a browser names the page's site in them.
"""

import functools
import ipaddress
import re


def rejection(host: str | None, origin: str | None, own_name: str | None = None) -> str | None:
    """Return why a request with these headers is rejected; None when it is served.

    `own_name` is one more host name or address of the API, besides those of loopback.
    """
    if host is not None and not _is_own(host, own_name):
        return f"The Host header names {host}: this API is served at addresses of this machine only."
    if origin is not None and (host is None or origin.lower() != f"http://{host}".lower()):
        return f"The Origin header names {origin}: only the API's own web page may call it."
    return None


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a server that listens there."""
    return _is_own(f"[{host}]" if ":" in host else host, None)


@functools.lru_cache(64)  # a runtime sends the same one with each request
def _is_own(host: str, own_name: str | None) -> bool:
    # RFC 9110 section 7.2: a name or an address, IPv6 in brackets, then perhaps a port.
    match = re.fullmatch(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[^\[\]:/@]+))(?::[0-9]*)?", host.lower())
    if match is None:
        return False
    name = (match["ipv6"] or match["name"]).removesuffix(".")
    if name == "localhost" or name.endswith(".localhost") or name == (own_name or "").lower():
        return True
    try:
        # Rebinding needs a name: an address was typed by the user.
        return ipaddress.ip_address(name).is_loopback or own_name in ("0.0.0.0", "::")
    except ValueError:
        return False
