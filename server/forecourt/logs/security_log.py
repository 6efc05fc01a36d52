"""Records what an operator may have to answer for: who signed in, published, exported or was refused (OWASP ASVS 16).

An agent is named by id, an unknown account by a keyed hash, a client by its network; visitors are not named at all.
"""

import logging
from enum import StrEnum

from forecourt.logs.configuration import SECURITY_LOGGER
from forecourt.logs.request_context import current_request

_log = logging.getLogger(SECURITY_LOGGER)


class SecurityEvent(StrEnum):
    """Lists every event. `docs/logs.md` says when each is recorded, and with which fields; a test compares both."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the event's name
    PASSWORD_RESET_REQUESTED = "password_reset_requested"  # noqa: S105 - the event's name
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the event's name
    SECOND_STEP_FAILED = "second_step_failed"
    TWO_STEP_ON = "two_step_on"
    TWO_STEP_OFF = "two_step_off"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    USER_INVITED = "user_invited"
    USER_ROLE_CHANGED = "user_role_changed"
    USER_REMOVED = "user_removed"
    USER_ADDED = "user_added"
    POLICY_PUBLISHED = "policy_published"
    BACKUP_MADE = "backup_made"
    BACKUP_RESTORED = "backup_restored"
    LOG_KEY_CHANGED = "log_key_changed"
    CONSENTS_EXPORTED = "consents_exported"
    AUDIT_LOG_EXPORTED = "audit_log_exported"
    CONTACT_MESSAGES_EXPORTED = "contact_messages_exported"
    EVIDENCE_EXPORTED = "evidence_exported"
    SUBSCRIBERS_EXPORTED = "subscribers_exported"
    SUBSCRIBER_ADDED = "subscriber_added"
    SUBSCRIBER_REMOVED = "subscriber_removed"
    PERSONAL_DATA_EXPORTED = "personal_data_exported"
    PERSONAL_DATA_ERASED = "personal_data_erased"
    ORIGIN_REFUSED = "origin_refused"
    RATE_LIMITED = "rate_limited"


def record_event(event: SecurityEvent, **fields: str | int) -> None:
    """Logs an event that has happened: call it after the commit. A field without a value is left out."""
    all_fields = {"network": current_request().network, **fields}
    values = {"event": event.value} | {name: value for name, value in all_fields.items() if value != ""}
    _log.info("security event", extra={"kind": event, "fields": values})
