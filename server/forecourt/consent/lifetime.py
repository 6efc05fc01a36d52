"""Decides how long a consent lasts. Everything that counts or promises this time takes it from here."""

from datetime import datetime

from forecourt.clock import months_later

MONTHS = 6
"""How long a choice of either kind is remembered before it is asked again (CNIL recommendation 2020-092)."""


def expires_at(decided_at: datetime) -> datetime:
    """Returns the moment from which a choice made at `decided_at` counts no more."""
    return months_later(decided_at, MONTHS)


def expiry_cutoff(now: datetime) -> datetime:
    """Returns the moment `MONTHS` before `now`: a choice made then or earlier has expired."""
    return months_later(now, -MONTHS)
