"""Says which hosts belong together: those under one domain that somebody registered.

The Public Suffix List knows every case. This knows the rules that matter for what pages load, and treats names under
the domains of big hosters as those of different owners.
"""

import ipaddress

_UNDER_A_COUNTRY = "ac co com edu gob gov go gouv id ltd mil net ne nhs nom or org plc sch"
_SECOND_LEVEL = frozenset(_UNDER_A_COUNTRY.split())
_NAMES_FOR_EVERYBODY = """
amazonaws.com appspot.com azureedge.net azurefd.net azurewebsites.net blogspot.com b-cdn.net cloudfront.net
cloudfunctions.net fastly.net firebaseapp.com fly.dev github.io gitlab.io herokuapp.com myshopify.com netlify.app
onrender.com pages.dev r2.dev run.app vercel.app web.app workers.dev
"""
_HOSTERS = frozenset(_NAMES_FOR_EVERYBODY.split())


def registrable_domain(host: str) -> str:
    """Returns the last labels of a host that one owner has: `example.co.uk` of `www.example.co.uk`."""
    labels = host.lower().rstrip(".").split(".")
    if _is_ip_address(host) or len(labels) < 3:
        return host.lower()
    is_country_second_level = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if is_country_second_level or ".".join(labels[-2:]) in _HOSTERS else -2 :])


def is_under(host: str, domain: str) -> bool:
    """Checks whether a host is that domain or under it."""
    return host == domain or host.endswith(f".{domain}")


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
