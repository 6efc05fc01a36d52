"""Stores when an address was mailed a link to confirm, in order to count such mails.

Only the address's fingerprint is stored, under one of the signing keys.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from forecourt.db.tables import suppressions
from forecourt.identifiers import new_identifier

_COUNT = select(func.count()).where(
    suppressions.c.site == bindparam("of_site"),
    suppressions.c.kind == bindparam("of_kind"),
    suppressions.c.address_fingerprint.in_(bindparam("fingerprints", expanding=True)),
    suppressions.c.confirmation_sent_at > bindparam("since"),
)
_INSERT = insert(suppressions)


def count_mails(connection: Connection, site: str, kind: str, fingerprints: tuple[str, ...], since: datetime) -> int:
    """Returns how many mails of this kind an address got after `since`, for whomever.

    `fingerprints` are the address's under all signing keys.
    """
    values = {"of_site": site, "of_kind": kind, "fingerprints": list(fingerprints), "since": since}
    return int(connection.execute(_COUNT, values).scalar_one())


def add_mail(connection: Connection, site: str, kind: str, fingerprint: str, now: datetime) -> None:
    row = {"id": new_identifier(), "site": site, "kind": kind, "address_fingerprint": fingerprint}
    connection.execute(_INSERT, row | {"confirmation_sent_at": now})
