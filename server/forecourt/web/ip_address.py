"""Parses the IP addresses of peers and clients, as sockets and proxies write them."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def parse_ip_address(text: str) -> IPv4Address | IPv6Address | None:
    """Returns the address without its zone, an IPv4-mapped one as IPv4; None for what is no IP address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
