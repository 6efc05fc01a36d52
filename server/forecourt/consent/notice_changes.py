"""Describes in words what changed since a notice was answered: `Now also: Twilio, Inc., United States: call data`.

The facts of two notices are compared by `policy.comparison`, as those of two releases are. This module finds the words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from forecourt import i18n
from forecourt.consent.notice_content import NoticeContent, NoticeRecipient, read_content
from forecourt.consent.offer import ConsentOffer
from forecourt.consent_change import ConsentChange
from forecourt.policy.change_kinds import ChangeKind
from forecourt.policy.comparison import Aspect, RecipientChange, compare_recipients
from forecourt.policy.recipient import Recipient

# What else can change for a visitor, beside the kinds that a release has.
CONTROLLER, EXPIRED, PRIVACY_POLICY = "controller", "expired", "privacy_policy"


class _Sentence(NamedTuple):
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class NoticeComparison:
    """Holds the notices that are compared.

    `agreed` is the one that was answered, `current` today's in the same language, and `translated` today's in the
    reader's language.
    """

    agreed: NoticeContent
    current: NoticeContent
    translated: NoticeContent

    def agreed_hash(self, term: str) -> str | None:
        """Returns the hash of what agreeing to a term was bound to."""
        return self.agreed.terms.get(term)

    def has_same_term(self, term: str) -> bool:
        agreed = self.agreed_hash(term)
        return agreed is not None and agreed == self.current.terms.get(term)

    def write(self, kind: str, key: str, **values: object) -> _Sentence:
        """Writes the sentence `consent.change.KEY` of the catalogue."""
        return _Sentence(kind, i18n.words(self.translated.locale)(f"consent.change.{key}", **values))

    def list_countries(self, recipient: Recipient) -> str:
        locale = self.translated.locale
        return i18n.format_list([i18n.country(code, locale) for code in sorted(recipient.countries)], locale)

    def list_data(self, keys: Sequence[str]) -> str:
        """Lists data by the names that the notice has for it. `keys` are sorted and begin with `data.`."""
        names = [self.translated.data[key.removeprefix("data.")] for key in keys]
        return i18n.format_list(names, self.translated.locale)


def compare(offer: ConsentOffer, content: str, locale: str | None) -> NoticeComparison:
    """Compares a notice with today's.

    `content` is that of the notice that was answered, or empty where it is not stored. `locale` is the reader's
    language, or None for the notice's own.
    """
    agreed = read_content(content) if content else NoticeContent()
    translated = offer.notices.get(locale or agreed.locale) or next(iter(offer.notices.values()))
    current = offer.notices.get(agreed.locale, translated)
    return NoticeComparison(agreed, read_content(current.content), read_content(translated.content))


def describe(
    comparison: NoticeComparison, terms: Mapping[str, Sequence[str]], expired_purposes: Sequence[str] = ()
) -> list[ConsentChange]:
    """Returns what changed about `terms` that no longer hold, which are as in `ConsentOffer.purposes_by_term`.

    Where no fact differs, the wording does.
    """
    changes: list[ConsentChange] = []
    for term, purposes in terms.items():
        feature = "" if term.startswith("purpose.") else term
        expired = [comparison.write(EXPIRED, "expired")] if set(expired_purposes) & set(purposes) else []
        sentences = [*expired, *_describe_recipients(comparison, term), *_describe_frame(comparison)]
        sentences = sentences or [comparison.write(ChangeKind.WORDING, "wording")]
        changes += [ConsentChange(feature, tuple(purposes), kind, text) for kind, text in dict.fromkeys(sentences)]
    return changes


def _describe_recipients(comparison: NoticeComparison, term: str) -> Iterator[_Sentence]:
    if term not in comparison.agreed.facts:
        return
    notices = comparison.agreed.facts[term], comparison.translated.facts.get(term, [])
    before, after = ({recipient.id: _to_recipient(recipient) for recipient in recipients} for recipients in notices)
    changes = [*compare_recipients(before.values(), after.values())]
    for change in changes:
        yield from _describe_recipient(comparison, change)
    differing = {recipient.id for change in changes for recipient in (change.before, change.after) if recipient}
    for identity in sorted(before.keys() & after.keys() - differing):
        if before[identity] != after[identity]:  # what was not stated is stated now
            yield comparison.write(ChangeKind.CORRECTED, "stated", who=after[identity].legal_name)


def _describe_recipient(comparison: NoticeComparison, change: RecipientChange) -> Iterator[_Sentence]:
    before, after = change.before, change.after
    if after and before:
        # The sentence about another company names its countries, so they need no sentence of their own.
        if change.aspect is not Aspect.COUNTRIES or before.legal_name == after.legal_name:
            yield _describe_aspect(comparison, change, before, after)
    elif after:
        countries, data = comparison.list_countries(after), comparison.list_data(sorted(after.data))
        if countries and data:
            yield comparison.write(change.kind, "added", who=after.legal_name, countries=countries, data=data)
        else:
            yield comparison.write(change.kind, "added_briefly", who=after.legal_name)
    elif before:
        yield comparison.write(change.kind, "removed", who=before.legal_name)


def _describe_aspect(
    comparison: NoticeComparison, change: RecipientChange, before: Recipient, after: Recipient
) -> _Sentence:
    write, kind, recipient = comparison.write, change.kind, after.legal_name
    match change.aspect:
        case Aspect.COMPANY:
            countries = comparison.list_countries(after)
            if not countries:
                return write(kind, "replaced_briefly", who=recipient, before=before.legal_name)
            return write(kind, "replaced", who=recipient, countries=countries, before=before.legal_name)
        case Aspect.COUNTRIES:
            countries = comparison.list_countries(after)
            return write(
                kind, "relocated", who=recipient, countries=countries, before=comparison.list_countries(before)
            )
        case Aspect.DATA if change.gained:
            return write(kind, "data_widened", who=recipient, data=comparison.list_data(change.gained))
        case Aspect.DATA:
            return write(kind, "data_narrowed", who=recipient)
        case Aspect.USES:
            return write(kind, "purpose_changed", who=recipient)
        case _:
            words = i18n.words(comparison.translated.locale)
            mechanism = words(f"policy.mechanism.{after.mechanism.kind}") if after.mechanism else ""
            return write(kind, "mechanism_changed", who=recipient, mechanism=mechanism)


def _to_recipient(recipient: NoticeRecipient) -> Recipient:
    return Recipient.from_notice(msgspec.structs.asdict(recipient))


def _describe_frame(comparison: NoticeComparison) -> Iterator[_Sentence]:
    """Describes what changed about who asks, and about the privacy policy."""
    agreed, current = comparison.agreed, comparison.current
    if agreed.controller is not None and agreed.controller != current.controller:
        values = {"controller": current.controller, "before": agreed.controller}
        yield comparison.write(CONTROLLER, "controller", **values)
    policy, current_policy = agreed.privacy_policy, current.privacy_policy
    if policy and current_policy and policy.version != current_policy.version:
        yield comparison.write(PRIVACY_POLICY, "privacy_policy", version=current_policy.version)
