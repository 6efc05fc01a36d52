"""Explains in words why something has to be asked again: what changed since a visitor answered."""

from sqlalchemy import Connection

from forecourt import clock
from forecourt.consent import notice_changes, store
from forecourt.consent.grant import Visitor
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import ConsentRecord
from forecourt.consent.status import CurrentConsent, judge
from forecourt.consent_change import ConsentChange
from forecourt.errors import ConsentStale


def refuse_old_notice(
    connection: Connection, offer: ConsentOffer, notice_hash: str, locale: str | None
) -> ConsentStale:
    """Returns the refusal for an answer to a notice that is no longer shown.

    It names the features whose terms differ from today's, or all where none does.
    """
    changes = find_changes_since(connection, offer, notice_hash, locale)
    features = [name for name in offer.needs if any(change.feature == name for change in changes)]
    return ConsentStale(features or list(offer.needs), changes)


def find_changes_since(
    connection: Connection, offer: ConsentOffer, notice_hash: str, locale: str | None
) -> list[ConsentChange]:
    """Returns all that changed since a notice, in `locale`. Of a notice that is not stored, the text changed."""
    notice = store.find_notice(connection, notice_hash)
    if notice is None or notice.site != offer.site:
        comparison = notice_changes.compare(offer, "", locale)
        return notice_changes.describe(comparison, offer.purposes_by_term)
    comparison = notice_changes.compare(offer, notice.content, locale)
    changed = {term: names for term, names in offer.purposes_by_term.items() if not comparison.has_same_term(term)}
    return notice_changes.describe(comparison, changed)


def explain_changes(
    connection: Connection, current: CurrentConsent, offer: ConsentOffer, locale: str
) -> list[ConsentChange]:
    """Returns why purposes of a current consent are asked again, in `locale`."""
    if not current.purposes_to_ask:
        return []
    terms = {
        term: names
        for term, names in offer.purposes_by_term.items()
        if term in current.changed_terms or set(names) & set(current.expired_purposes)
    }
    notice = store.find_notice(connection, current.record.notice_hash)
    newest = notice_changes.compare(offer, notice.content if notice else "", locale)
    contents = store.find_answered_contents(connection, current.record.id)
    earlier = [notice_changes.compare(offer, content, locale) for content in contents]

    def describe_term(term: str) -> list[ConsentChange]:
        # A term that was not asked again is still bound to an earlier notice.
        agreed_hash = current.record.terms.get(term)
        bound_to = (comparison for comparison in (newest, *earlier) if comparison.agreed_hash(term) == agreed_hash)
        return notice_changes.describe(next(bound_to, newest), {term: terms[term]}, current.expired_purposes)

    return [change for term in terms for change in describe_term(term)]


def explain_refusal(
    connection: Connection, visitor: Visitor, newest: ConsentRecord | None, refusal: ConsentStale
) -> ConsentStale:
    """Returns `refusal` with what changed in the features that it names, in the visitor's language."""
    if newest is None:
        return refusal
    offer, locale = visitor.offer, visitor.locale or newest.locale
    changes = explain_changes(connection, judge(newest, offer, clock.now()), offer, locale)
    return ConsentStale(refusal.changed, [change for change in changes if change.feature in refusal.changed])
