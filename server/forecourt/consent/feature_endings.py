"""Ends what rests on a consent, in the transaction that takes the consent back (GDPR 7(3)).

Consent knows no feature's rows. A feature that keeps doing something for a visitor hands in the function that ends it.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from forecourt.consent import actions
from forecourt.consent.grant import Visitor
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import ConsentRecord, Source
from forecourt.consent.status import CurrentConsent

EndFeature = Callable[[Connection, str], object]
"""Ends what a feature does for a visitor, who is named by the id."""
FeatureEndings = Mapping[str, EndFeature]
"""Holds for the name of a feature what ends it."""


def withdraw_all(
    connection: Connection, visitor: Visitor, source: Source, endings: FeatureEndings
) -> CurrentConsent | None:
    """Appends a withdrawal as `actions.withdraw` does, and ends every feature that rested on the consent."""
    current = actions.withdraw(connection, visitor, source)
    if current:
        end_closed_features(connection, visitor.id, current.record, visitor.offer, endings)
    return current


def end_closed_features(
    connection: Connection, visitor: str, record: ConsentRecord, offer: ConsentOffer, endings: FeatureEndings
) -> None:
    """Ends each feature whose purposes `record`, the visitor's newest, does not agree to."""
    for feature, end in endings.items():
        if not all(record.purposes.get(purpose) for purpose in offer.needs.get(feature, ())):
            end(connection, visitor)
