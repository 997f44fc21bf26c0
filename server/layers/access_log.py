"""One line of JSON per request, with nothing in it that tells what was asked or who asked."""

import json
import logging
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.types import Scope

from server.trace import Trace

log = logging.getLogger("maillage.access")
KEPT_OF_IPV4, KEPT_OF_IPV6 = 24, 48


def log_request(scope: Scope, route: str, trace: Trace, seconds: float) -> None:
    """Write the line of a request."""
    client = scope.get("client") or ("",)
    line = {
        "method": scope["method"],
        "route": route,
        "status": trace.status,
        "ms": round(seconds * 1_000, 1),
        "bytes": trace.sent,
        "request": scope["state"].get("request_id", ""),
        "release": trace.release,
        "network": network(client[0]),
    }
    log.info("%s", json.dumps(line))


def network(address: str) -> str:
    """Return the network of an address, which many share.

    >>> network("192.0.2.77"), network("2001:db8:1:2::3"), network("::ffff:192.0.2.77")
    ('192.0.2.0/24', '2001:db8:1::/48', '192.0.2.0/24')
    """
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    kept = KEPT_OF_IPV4 if known.version == 4 else KEPT_OF_IPV6
    return str(ip_network((known, kept), strict=False))
