"""Who may call the API: programs of this machine, and no web page that a browser of this machine shows.

A page of any site can send requests to 127.0.0.1, and read the answers once its own host name resolves to
127.0.0.1 (DNS rebinding). A browser's Host and Origin give both away: they name the page's site.
"""

import ipaddress
import re


def rejection(host: str | None, origin: str | None, own_name: str | None = None) -> str | None:
    """Return why a request with these headers is rejected; None when it is served.

    `own_name` is a host name or address, besides those of loopback, under which the API is known.
    """
    if host is not None and not _is_own(host, own_name):
        return f"The Host header names {host}: the Lambda API is served at addresses of this machine only."
    if origin is not None and (host is None or origin.lower() != f"http://{host}".lower()):
        return f"The Origin header names {origin}: web pages other than the API's own may not call it."
    return None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    return _is_own(f"[{host}]" if ":" in host else host, None)


def _is_own(host: str, own_name: str | None) -> bool:
    # RFC 9110 section 7.2: a name or an address, IPv6 in brackets, then perhaps a port.
    match = re.fullmatch(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[^\[\]:/@]+))(?::[0-9]*)?", host.lower())
    if match is None:
        return False
    name = (match["ipv6"] or match["name"]).removesuffix(".")
    if name == "localhost" or name.endswith(".localhost") or name == (own_name or "").lower():
        return True
    try:
        # Rebinding takes a name: an address is what the user has typed.
        return ipaddress.ip_address(name).is_loopback or own_name in ("0.0.0.0", "::")
    except ValueError:
        return False
