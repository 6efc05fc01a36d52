"""Decides what a choice comes to: each purpose that the site offers, with its answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from forecourt.consent.choice import ChoiceRequest
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import Action, Gesture, Source
from forecourt.consent.status import CurrentConsent
from forecourt.errors import Fault, GestureRequired, Invalid

FAULTS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class DecidedPurposes:
    """Holds what is recorded of a choice.

    The fields are those of `ConsentRecord`. `privacy_policy` is the version acknowledged, if one was.
    """

    action: Action
    purposes: dict[str, bool]
    terms: Mapping[str, str]
    carried_over: dict[str, str]
    privacy_policy: str | None


def decide(choice: ChoiceRequest, offer: ConsentOffer, before: CurrentConsent | None) -> DecidedPurposes:
    """Returns an answer for every purpose offered. `before` is what the visitor's newest record comes to, if any.

    A required purpose is true whatever was answered, and a purpose that was not answered is refused. Where only a part
    was asked (`is_part`), a purpose that was not answered stays as it was, and stays stale where it was stale.

    Raises `Invalid` for a purpose that was not offered. Raises `GestureRequired` where something is granted without a
    person's click.
    """
    if faults := find_invented_purposes(choice.purposes, offer):
        raise Invalid([replace(fault, path=f"purposes.{fault.path}") for fault in faults])
    refused = offer.refused_by_gpc if choice.signals.get("gpc") else frozenset[str]()
    answers = {
        name: answer and name not in refused for name, answer in choice.purposes.items() if name in offer.optional
    }
    if (any(answers.values()) or choice.privacy_policy) and choice.gesture != Gesture.TRUSTED:
        raise GestureRequired(choice.gesture)
    if before and is_part(choice, offer, before):
        return _decide_part(choice, offer, before, answers | dict.fromkeys(refused, False))
    purposes = _complete(answers, offer)
    version = offer.privacy_policy if choice.privacy_policy else None
    return DecidedPurposes(_action(purposes, offer, before), purposes, choice.notice.terms, {}, version)


def find_invented_purposes(names: Iterable[object], offer: ConsentOffer) -> list[Fault]:
    """Returns a fault for each name, as its path, that is no purpose of the site."""
    invented = sorted({str(name) for name in names} - offer.required - offer.optional)
    return [Fault(name[:80], "unknown") for name in invented[:FAULTS_AT_MOST]]


def is_part(choice: ChoiceRequest, offer: ConsentOffer, before: CurrentConsent) -> bool:
    """Checks whether a choice answers only a part: what had to be asked again, or what the browser's signal refuses.

    A choice that answers nothing is no part: it refuses everything.
    """
    if not before.status.is_agreed:
        return False
    return choice.source == Source.GPC or bool(before.purposes_to_ask and offer.optional & choice.purposes.keys())


def _decide_part(
    choice: ChoiceRequest, offer: ConsentOffer, before: CurrentConsent, answers: Mapping[str, bool]
) -> DecidedPurposes:
    record = before.record
    unasked = {
        name: record.purposes[name] for name in offer.optional if name in record.purposes and name not in answers
    }
    purposes = _complete(unasked | dict(answers), offer)
    still_changed = [term for term in before.changed_terms if not answers.keys() & set(offer.purposes_by_term[term])]
    terms = dict(choice.notice.terms) | {term: record.terms[term] for term in still_changed if term in record.terms}
    carried_over = {name: record.carried_over.get(name) or record.created_at.isoformat() for name in unasked}
    version = offer.privacy_policy if choice.privacy_policy else record.privacy_policy
    return DecidedPurposes(_action(purposes, offer, before), purposes, terms, carried_over, version)


def _complete(answers: Mapping[str, bool], offer: ConsentOffer) -> dict[str, bool]:
    required = dict.fromkeys(sorted(offer.required), True)
    return required | {name: answers.get(name, False) for name in sorted(offer.optional)}


def _action(purposes: Mapping[str, bool], offer: ConsentOffer, before: CurrentConsent | None) -> Action:
    if not any(purposes[name] for name in offer.optional):
        return Action.REFUSE
    return Action.CHANGE if before and before.status.is_agreed else Action.GRANT
