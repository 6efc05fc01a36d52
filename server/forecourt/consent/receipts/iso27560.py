"""A receipt in the shape of ISO/IEC TS 27560:2023: header, PII processing, parties, events, receipt metadata.

The standard gives names and meanings and leaves the encoding open (6.3, 6.4).
Keys that begin with `forecourt_` are ours.
"""

from datetime import datetime
from typing import Any

from forecourt import clock, i18n
from forecourt.consent.lifetime import MONTHS
from forecourt.consent.receipts.receipt import Receipt
from forecourt.consent.record import GRANTING_ACTIONS, Action
from forecourt.policy.live_site import LiveSite

SCHEMA = "ISO/IEC TS 27560:2023"
_CONTROLLER = "controller"
_STATES = {
    Action.GRANT: "consent given",
    Action.CHANGE: "consent given",
    Action.REFUSE: "consent refused",
    Action.WITHDRAW: "consent withdrawn",
    Action.ERASE: "consent withdrawn",
    Action.EXPIRE: "consent expired",
}


def receipt(found: Receipt, at: LiveSite, address: str) -> dict[str, Any]:
    """`address`: where browsers reach Forecourt."""
    record = found.record
    return {
        "schema_version": SCHEMA,
        "record_id": record.id,
        "pii_principal_id": record.visitor,
        "pii_processing": _processing(found, address),
        "party_identification": _parties(found, at),
        "events": _events(found),
        "receipt_metadata": {
            "receipt_id": f"{record.id}-receipt",
            "record_id": record.id,
            "receipt_timestamp": clock.iso(found.now),
            "language": record.locale,
        },
        "forecourt_seal": _seal(found),
    }


def _processing(found: Receipt, address: str) -> dict[str, Any]:
    record, page = found.record, f"{address}/{found.record.site}/{found.record.locale}"
    return {
        "privacy_notice": {
            "url": f"{address}/v1/notices/{record.notice_hash}",
            "sha256": record.notice_hash,
            "language": record.locale,
            "privacy_policy": f"{page}/privacy",
            "privacy_policy_version": record.privacy_policy,
            "forecourt_policy_release": record.release,
        },
        "language": record.locale,
        "purposes": [_purpose(each, found, page) for each in found.purposes],
    }


def _purpose(each: dict[str, Any], found: Receipt, page: str) -> dict[str, Any]:
    features = [
        feature for feature in found.notice.get("features", {}).values() if each["name"] in feature.get("purposes", [])
    ]
    return {
        "purpose": each["title"],
        "purpose_type": each["name"],
        "purpose_description": each["text"],
        "consent_given": each["given"],
        # What is required stores the choice itself; it was not asked for (ePrivacy Directive 5(3)).
        "lawful_basis": "strictly necessary" if each["required"] else "consent (GDPR 6(1)(a))",
        "pii_information": [{"pii_type": feature["stores"]} for feature in features if feature.get("stores")],
        "pii_controllers": [_CONTROLLER],
        "collection_method": f"given by the data subject ({found.record.source})",
        "processing_method": "stored and read to provide the service",
        "retention_period": each["lifetime"],
        "recipient_third_parties": list(dict.fromkeys(each["recipients"])),
        "withdrawal_method": f"{page}/receipt",
        "privacy_rights": f"{page}/privacy",
    }


def _parties(found: Receipt, at: LiveSite) -> list[dict[str, Any]]:
    """The controller as the notice named it, and who was named as seeing the data."""
    controller = {
        "party_id": _CONTROLLER,
        "party_name": found.notice.get("controller", at.settings.controller),
        "party_email": found.notice.get("email", at.settings.email),
        "party_role": "PII controller",
        "party_type": "organisation",
    }
    facts = [fact for facts in found.notice.get("facts", {}).values() for fact in facts]
    named = {fact["entity"]: fact for fact in facts if "entity" in fact}
    return [controller, *(_processor(fact, found.record.locale) for fact in named.values())]


def _processor(fact: dict[str, Any], locale: str) -> dict[str, Any]:
    countries = [i18n.country(code, locale) for code in fact.get("countries", [])]
    return {
        "party_id": fact["entity"],
        "party_name": fact["entity"],
        "party_address": ", ".join(countries),
        "party_role": "PII processor",
        "party_type": "organisation",
    }


def _events(found: Receipt) -> list[dict[str, Any]]:
    """The choice, and what ended or replaced it."""
    made, latest = found.record, found.latest
    events = [_event(found, Action(made.action), made.created_at)]
    return events if latest.id == made.id else [*events, _event(found, latest.action, latest.created_at)]


def _event(found: Receipt, action: Action, at: datetime) -> dict[str, Any]:
    return {
        "event_time": clock.iso(at),
        "event_type": "explicit" if action in GRANTING_ACTIONS else action,
        "event_state": _STATES[action],
        "validity_duration": f"P{MONTHS}M",
        "entity_id": found.record.visitor,
    }


def _seal(found: Receipt) -> dict[str, Any] | None:
    sealed = found.sealed
    return {"position": sealed.position, "size": sealed.size, "checkpoint": sealed.note} if sealed else None
