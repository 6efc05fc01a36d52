"""Does what followers of a policy can do: request, confirm, change and stop. Requesting reveals no address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.errors import LinkExpired
from forecourt.followers import store
from forecourt.followers.confirmation_limits import next_mail_number
from forecourt.followers.links import (
    CONFIRMATION_LIFETIME,
    CONFIRMATION_LINK,
    NOTICE_LINK_LIFETIME,
    PREFERENCES_LINK,
)
from forecourt.followers.model import Follower, FollowPreferences
from forecourt.identifiers import new_identifier
from forecourt.link_secret import new_link_secret
from forecourt.mail import outbox
from forecourt.mail.model import WEBHOOK_GONE, Channel, DeliveryReply, Mail
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.retry import GIVE_UP_AFTER
from forecourt.mail.routing import MailRouting
from forecourt.mail.unconfirmed_mails import UnconfirmedMailQueue
from forecourt.policy.change_kinds import PolicyChange


@dataclass(frozen=True, slots=True)
class PendingFollow:
    """Holds what a confirmation link asks its reader to confirm, and whether they already did."""

    email: str
    preferences: FollowPreferences
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class ConfirmedFollow:
    """Holds what was confirmed. `webhook_secret` signs the webhook's calls and is shown only now.

    `manage_secret` is the secret of a link that opens the preferences.
    """

    preferences: FollowPreferences
    webhook_secret: str
    manage_secret: str


@dataclass(frozen=True, slots=True)
class RecipientCount:
    """Counts the followers who would get a notice by mail, and those of them who would get it by webhook as well."""

    mails: int
    webhooks: int


class _FollowRequest(msgspec.Struct):
    """Is the subject of a confirmation link. Nothing of it counts before the owner of the address confirms it."""

    follower: str
    preferences: FollowPreferences = msgspec.field(name="wish")  # as links of earlier versions have it


def request_follow(
    connection: Connection,
    site: str,
    email: str,
    preferences: FollowPreferences,
    routing: MailRouting,
    queue: UnconfirmedMailQueue,
) -> None:
    """Mails the address a confirmation link by `queue`, as often as `confirmation_limits.py` allows.

    It does the same whether or not the address follows already. Addresses are stored in lower case, so that one
    person's spellings are one follower.
    """
    now, address = clock.now(), email.lower()
    existing = store.find_by_address(connection, site, address)
    number = next_mail_number(existing.confirmation_mails, existing.confirmation_sent_at, now) if existing else 1
    if number is None:
        return
    follower, secret = existing.id if existing else new_identifier(), new_link_secret()
    link = routing.page_url(preferences.locale, f"follow/confirm/{secret}")
    context: dict[str, object] = {"link": link, "email": routing.email}
    key = f"follow:{follower}:{now.isoformat()}"
    mail = Mail("follow_confirmation", key, address, preferences.locale, context, reply_to=routing.email)
    if not queue.put_mail(connection, mail, routing.sender):
        return
    if existing:
        store.set_confirmation_sent(connection, follower, number, now)
    else:
        store.add_unconfirmed(connection, follower, site, address, preferences.locale, now)
    subject = msgspec.json.encode(_FollowRequest(follower, preferences)).decode()
    one_time_links.add(connection, CONFIRMATION_LINK, subject, CONFIRMATION_LIFETIME, secret)


def find_pending_follow(connection: Connection, site: str, secret: str) -> PendingFollow:
    """Returns what a confirmation link is about. Changes nothing. Raises `LinkExpired`."""
    request, is_used = _find_request(connection, secret)
    follower = store.find_follower(connection, request.follower)
    if follower is None or follower.site != site or (is_used and not follower.is_confirmed):
        raise LinkExpired(CONFIRMATION_LINK)
    return PendingFollow(follower.email, follower.preferences if is_used else request.preferences, is_used)


def confirm_follow(connection: Connection, site: str, secret: str, webhook_secret: str = "") -> ConfirmedFollow:
    """Stores what was requested, once. Doing so again while the link works changes nothing. Raises `LinkExpired`.

    `webhook_secret` is the one that signed the challenge which the webhook has answered, where there is a webhook.
    """
    pending = find_pending_follow(connection, site, secret)
    request, _ = _find_request(connection, secret)
    manage = one_time_links.create(connection, PREFERENCES_LINK, request.follower, NOTICE_LINK_LIFETIME)
    if pending.is_confirmed:
        return ConfirmedFollow(pending.preferences, "", manage)
    one_time_links.use(connection, CONFIRMATION_LINK, secret)
    follower = store.find_follower(connection, request.follower)
    # Somebody who confirmed earlier and only changes preferences still gets the notices of releases in between.
    earlier = follower.confirmed_at if follower and follower.is_confirmed else None
    store.confirm(connection, request.follower, request.preferences, webhook_secret, earlier or clock.now())
    return ConfirmedFollow(request.preferences, webhook_secret, manage)


def find_preferences(connection: Connection, site: str, purpose: str, secret: str) -> FollowPreferences | None:
    """Returns the preferences of a link's follower, or None if they stopped following. Raises `LinkExpired`."""
    follower = _find_follower(connection, site, purpose, secret)
    return follower.preferences if follower and follower.is_confirmed else None


def change_preferences(
    connection: Connection, site: str, secret: str, preferences: FollowPreferences
) -> FollowPreferences | None:
    """Stores language, region and products, and keeps the webhook.

    Returns the new preferences, or None if the follower stopped following. Raises `LinkExpired`.
    """
    follower = _find_follower(connection, site, PREFERENCES_LINK, secret)
    if follower is None or not follower.is_confirmed:
        return None
    changed = replace(preferences, webhook=follower.preferences.webhook)
    store.confirm(connection, follower.id, changed, follower.webhook_secret, follower.confirmed_at or clock.now())
    return changed


def stop_following(connection: Connection, site: str, purpose: str, secret: str) -> None:
    """Stops the notices at once, and deletes those in the outbox. Can be repeated. Raises `LinkExpired`."""
    follower, now = _find_follower(connection, site, purpose, secret), clock.now()
    if follower is None:
        return
    store.leave(connection, follower.id, now)
    for notice in store.find_notices_since(connection, follower.id, now - GIVE_UP_AFTER):
        for key in outbox_keys(notice):
            outbox.cancel(connection, key)


def outbox_keys(notice: str) -> tuple[str, str]:
    """Returns the outbox's idempotency keys of a notice's mail and of its webhook call."""
    return f"change:{notice}", f"change:{notice}:webhook"


def remove_dead_webhook(connection: Connection, item: LeasedItem, reply: DeliveryReply, is_final: bool) -> None:
    """Removes a follower's webhook once it answers that it is gone, or a call failed until its retries ended.

    The mails go on. `is_final` says that there is no further attempt.
    """
    has_failed = is_final and item.attempts > 1 and not 200 <= reply.code < 300
    if item.channel == Channel.WEBHOOK and (reply.code == WEBHOOK_GONE or has_failed):
        store.remove_webhook(connection, item.idempotency_key.split(":")[1], item.recipient)


def count_recipients(connection: Connection, site: str, changes: Iterable[PolicyChange]) -> RecipientCount:
    """Counts who would get a notice if these changes were published now."""
    material = [change for change in changes if change.is_material]
    recipients = [
        preferences
        for preferences in store.iterate_preferences(connection, site)
        if any(change.concerns(preferences.region, preferences.products) for change in material)
    ]
    return RecipientCount(len(recipients), sum(bool(preferences.webhook) for preferences in recipients))


def _find_request(connection: Connection, secret: str) -> tuple[_FollowRequest, bool]:
    link = one_time_links.find(connection, CONFIRMATION_LINK, secret)
    return msgspec.json.decode(link.subject, type=_FollowRequest), link.used_at is not None


def _find_follower(connection: Connection, site: str, purpose: str, secret: str) -> Follower | None:
    """Returns the follower that a link is for, or None once the row is deleted, some time after they stopped."""
    link = one_time_links.find(connection, purpose, secret)
    follower = store.find_follower(connection, link.subject)
    if follower and follower.site != site:
        raise LinkExpired(purpose)
    return follower
