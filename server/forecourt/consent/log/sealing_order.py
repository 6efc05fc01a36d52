"""Finds records that were sealed long after their time: the clock was set back, or somebody inserted them."""

from datetime import timedelta

from forecourt.consent.log.verification_report import VerificationReport, add_name

# On PostgreSQL a lower seq may commit after a higher one, so this is longer than any transaction.
SETTLED_AFTER = timedelta(minutes=1)
_TOLERANCE = SETTLED_AFTER // timedelta(microseconds=1)


class SealingOrder:
    """Compares each record's time with that of the record of its kind sealed before it."""

    def __init__(self, report: VerificationReport):
        self._report = report
        self._last_times: dict[str, int] = {}  # by kind, in microseconds since 1970

    def check(self, kind: str, name: str, created_at: int) -> None:
        """Reports the record where it is well before the one before it."""
        if created_at < self._last_times.get(kind, created_at) - _TOLERANCE:
            add_name(self._report.dated, name)
        self._last_times[kind] = created_at
