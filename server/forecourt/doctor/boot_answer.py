"""Reads what the tag's server says about a site: its purposes, and which release of its policy is published."""

import msgspec

from forecourt.doctor.model import BootAnswer


class SitePurpose(msgspec.Struct):
    """Describes a purpose of the site, with the names of what it stores; `*` stands for the rest of a name."""

    name: str
    required: bool = False
    separate: bool = False
    cookies: list[str] = []
    storage: list[str] = []


class SiteConsent(msgspec.Struct):
    purposes: list[SitePurpose] = []

    @property
    def asks(self) -> bool:
        """Says whether the widget has a question: what is required or separate is not asked for in it."""
        return any(not purpose.required and not purpose.separate for purpose in self.purposes)


class SiteBoot(msgspec.Struct):
    """Holds what is read of `boot`."""

    consent: SiteConsent


def decode_boot(boot: BootAnswer | None) -> SiteBoot | None:
    """Returns what the server said; None where it said nothing, or something else."""
    if boot is None or boot.status != 200:
        return None
    try:
        return msgspec.json.decode(boot.body, type=SiteBoot)
    except (msgspec.DecodeError, RecursionError):
        return None
