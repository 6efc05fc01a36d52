"""Writes a receipt in the shape of ISO/IEC TS 27560:2023: header, PII processing, parties, events, receipt metadata.

The standard gives names and meanings, and leaves the encoding open (sections 6.3 and 6.4). Keys that begin with
`forecourt_` are ours.
"""

from datetime import datetime

from forecourt import clock, i18n
from forecourt.consent.lifetime import MONTHS
from forecourt.consent.notice_content import NoticeContent, NoticeRecipient
from forecourt.consent.receipts.receipt import Receipt, ReceiptPurpose
from forecourt.consent.record import GRANTING_ACTIONS, Action
from forecourt.policy.live_site import LiveSite

SCHEMA = "ISO/IEC TS 27560:2023"
JsonObject = dict[str, object]
_CONTROLLER = "controller"
_EVENT_STATES = {
    Action.GRANT: "consent given",
    Action.CHANGE: "consent given",
    Action.REFUSE: "consent refused",
    Action.WITHDRAW: "consent withdrawn",
    Action.ERASE: "consent withdrawn",
    Action.EXPIRE: "consent expired",
}


def to_iso27560(receipt: Receipt, live_site: LiveSite, address: str) -> JsonObject:
    """Returns a receipt as JSON. `address` is where browsers reach Forecourt."""
    record = receipt.record
    return {
        "schema_version": SCHEMA,
        "record_id": record.id,
        "pii_principal_id": record.visitor,
        "pii_processing": _processing(receipt, address),
        "party_identification": _parties(receipt, live_site),
        "events": _events(receipt),
        "receipt_metadata": {
            "receipt_id": f"{record.id}-receipt",
            "record_id": record.id,
            "receipt_timestamp": clock.iso(receipt.now),
            "language": record.locale,
        },
        "forecourt_seal": _seal(receipt),
    }


def _processing(receipt: Receipt, address: str) -> JsonObject:
    record = receipt.record
    page = f"{address}/{record.site}/{record.locale}"
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
        "purposes": [_purpose(purpose, receipt, page) for purpose in receipt.purposes],
    }


def _purpose(purpose: ReceiptPurpose, receipt: Receipt, page: str) -> JsonObject:
    features = receipt.notice.features.values() if receipt.notice else ()
    stored = [feature.stores for feature in features if purpose.name in feature.purposes and feature.stores]
    return {
        "purpose": purpose.title,
        "purpose_type": purpose.name,
        "purpose_description": purpose.text,
        "consent_given": purpose.is_agreed,
        # A required purpose stores the choice itself, so it was not asked for (ePrivacy Directive 5(3)).
        "lawful_basis": "strictly necessary" if purpose.required else "consent (GDPR 6(1)(a))",
        "pii_information": [{"pii_type": text} for text in stored],
        "pii_controllers": [_CONTROLLER],
        "collection_method": f"given by the data subject ({receipt.record.source})",
        "processing_method": "stored and read to provide the service",
        "retention_period": purpose.lifetime,
        "recipient_third_parties": list(dict.fromkeys(purpose.recipients)),
        "withdrawal_method": f"{page}/receipt",
        "privacy_rights": f"{page}/privacy",
    }


def _parties(receipt: Receipt, live_site: LiveSite) -> list[JsonObject]:
    """Returns the controller as the notice named it, and everyone whom the notice named as seeing the data."""
    notice, settings = receipt.notice or NoticeContent(), live_site.settings
    controller: JsonObject = {
        "party_id": _CONTROLLER,
        "party_name": settings.controller if notice.controller is None else notice.controller,
        "party_email": settings.email if notice.email is None else notice.email,
        "party_role": "PII controller",
        "party_type": "organisation",
    }
    recipients = [recipient for recipients in notice.facts.values() for recipient in recipients]
    by_entity = {recipient.entity: recipient for recipient in recipients if recipient.entity}
    return [controller, *(_processor(recipient, receipt.record.locale) for recipient in by_entity.values())]


def _processor(recipient: NoticeRecipient, locale: str) -> JsonObject:
    countries = [i18n.country(code, locale) for code in recipient.countries]
    return {
        "party_id": recipient.entity,
        "party_name": recipient.entity,
        "party_address": ", ".join(countries),
        "party_role": "PII processor",
        "party_type": "organisation",
    }


def _events(receipt: Receipt) -> list[JsonObject]:
    """Returns the choice, and what ended or replaced it."""
    record, newest = receipt.record, receipt.newest
    events = [_event(receipt, record.action, record.created_at)]
    return events if newest.id == record.id else [*events, _event(receipt, newest.action, newest.created_at)]


def _event(receipt: Receipt, action: Action, moment: datetime) -> JsonObject:
    return {
        "event_time": clock.iso(moment),
        "event_type": "explicit" if action in GRANTING_ACTIONS else action,
        "event_state": _EVENT_STATES[action],
        "validity_duration": f"P{MONTHS}M",
        "entity_id": receipt.record.visitor,
    }


def _seal(receipt: Receipt) -> JsonObject | None:
    seal = receipt.seal
    return {"position": seal.position, "size": seal.size, "checkpoint": seal.note} if seal else None
