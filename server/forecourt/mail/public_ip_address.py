"""Decides which IP addresses a webhook may reach: public ones only, so that nobody reaches inside by it (SSRF)."""

import ipaddress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all IPv6 addresses that IANA assigns for use between networks
_PROTOCOL_ASSIGNMENTS = ipaddress.ip_network("192.0.0.0/24")  # RFC 6890; a cloud once served its metadata there


def is_public_address(address: str) -> bool:
    """Checks that an IP address is public and unicast, and so is the IPv4 address that an IPv6 one may embed."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if ip in _NAT64:
            embedded = ipaddress.IPv4Address(ip.packed[-4:])
        if embedded is not None:
            return is_public_address(str(embedded))
        return ip in _GLOBAL_UNICAST and ip.is_global
    return ip.is_global and not ip.is_multicast and ip not in _PROTOCOL_ASSIGNMENTS
