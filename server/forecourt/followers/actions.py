"""Does what followers of a policy can do: request, confirm, change and stop. Requesting reveals no address.

`model.py` says whose a request is, and whose a follower.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.errors import LinkExpired
from forecourt.followers import store
from forecourt.followers.links import (
    CONFIRMATION_LIFETIME,
    CONFIRMATION_LINK,
    NOTICE_LINK_LIFETIME,
    PREFERENCES_LINK,
)
from forecourt.followers.model import CONFIRMATION_MAIL, Follower, FollowerState, FollowPreferences, FollowRequest
from forecourt.identifiers import new_identifier
from forecourt.link_secret import new_link_secret
from forecourt.mail import outbox
from forecourt.mail.confirmation_mails import put_confirmation_mail
from forecourt.mail.model import WEBHOOK_GONE, Channel, DeliveryReply, Mail
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.retry import GIVE_UP_AFTER
from forecourt.mail.routing import MailRouting
from forecourt.mail.unconfirmed_mails import UnconfirmedMailQueue
from forecourt.policy.change_kinds import PolicyChange


@dataclass(frozen=True, slots=True)
class PendingFollow:
    """Holds what a confirmation link asks its reader to confirm, or what is stored once they did (`is_confirmed`).

    `has_other_preferences` says that the address follows with preferences that these would replace.
    """

    email: str
    preferences: FollowPreferences
    is_confirmed: bool
    has_other_preferences: bool


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


def request_follow(
    connection: Connection,
    email: str,
    preferences: FollowPreferences,
    routing: MailRouting,
    queue: UnconfirmedMailQueue,
) -> None:
    """Mails the address a link to confirm these preferences, by `queue` and as often as it may be mailed.

    It does the same whether or not the address follows already. Addresses are stored in lower case, so that one
    person's spellings are one follower.
    """
    now = clock.now()
    new_request = FollowRequest(new_identifier(), routing.site, email.lower(), preferences, now)
    earlier = store.find_same_request(connection, new_request)
    request, secret = replace(earlier or new_request, confirmation_sent_at=now), new_link_secret()
    last_sent_at = earlier.confirmation_sent_at if earlier else None
    if put_confirmation_mail(connection, _confirmation_mail(request, secret, routing), routing, last_sent_at, queue):
        store.store_request(connection, request)
        one_time_links.add(connection, CONFIRMATION_LINK, request.id, CONFIRMATION_LIFETIME, secret)


def find_pending_follow(connection: Connection, site: str, secret: str) -> PendingFollow:
    """Returns what a confirmation link is about. Changes nothing.

    Raises `LinkExpired` where the link is unknown or too old, or its follower has stopped following.
    """
    linked = _find_linked(connection, site, secret)
    if isinstance(linked, Follower):
        return PendingFollow(linked.email, linked.preferences, True, False)
    existing = store.find_by_address(connection, site, linked.email)
    has_others = bool(existing and existing.is_confirmed and existing.preferences != linked.preferences)
    return PendingFollow(linked.email, linked.preferences, False, has_others)


def confirm_follow(connection: Connection, site: str, secret: str, webhook_secret: str = "") -> ConfirmedFollow:
    """Makes the address a follower with what was requested. Doing so again while the link works changes nothing.

    `webhook_secret` is the one that signed the challenge which the webhook has answered. Without it, the address
    follows without a webhook. Raises `LinkExpired`.
    """
    linked = _find_linked(connection, site, secret)
    if isinstance(linked, FollowRequest) and store.take_request(connection, linked.id):
        follower = _confirm_request(connection, linked, webhook_secret)
        shown_secret = follower.webhook_secret
    else:  # it was confirmed before, or at this moment by another press of the button
        follower, shown_secret = _find_follower(connection, site, CONFIRMATION_LINK, secret), ""
    manage = one_time_links.create(connection, PREFERENCES_LINK, follower.id, NOTICE_LINK_LIFETIME)
    return ConfirmedFollow(follower.preferences, shown_secret, manage)


def find_preferences(connection: Connection, site: str, purpose: str, secret: str) -> FollowPreferences | None:
    """Returns the preferences of a link's follower, or None if they stopped following. Raises `LinkExpired`."""
    follower = _find_follower(connection, site, purpose, secret)
    return follower.preferences if follower.is_confirmed else None


def change_preferences(
    connection: Connection, site: str, secret: str, preferences: FollowPreferences
) -> FollowPreferences | None:
    """Stores language, region and products, and keeps the webhook.

    Returns the new preferences, or None if the follower stopped following. Raises `LinkExpired`.
    """
    follower = _find_follower(connection, site, PREFERENCES_LINK, secret)
    has_changed = store.change_preferences(connection, follower.id, preferences)
    return replace(preferences, webhook=follower.preferences.webhook) if has_changed else None


def stop_following(connection: Connection, site: str, purpose: str, secret: str) -> None:
    """Stops the notices at once, and deletes those in the outbox. Can be repeated. Raises `LinkExpired`."""
    follower, now = _find_follower(connection, site, purpose, secret), clock.now()
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


def _confirmation_mail(request: FollowRequest, secret: str, routing: MailRouting) -> Mail:
    """Returns a mail with the link for the request that carries `secret`, and with nothing that was typed."""
    locale = request.preferences.locale
    context: dict[str, object] = {
        "link": routing.page_url(locale, f"follow/confirm/{secret}"),
        "email": routing.email,
    }
    return Mail(CONFIRMATION_MAIL, f"follow:{new_identifier()}", request.email, locale, context, routing.email)


def _confirm_request(connection: Connection, request: FollowRequest, webhook_secret: str) -> Follower:
    """Makes the request a follower, or gives its preferences to the one that the address is."""
    now, existing = clock.now(), store.find_by_address(connection, request.site, request.email)
    # Somebody who confirmed earlier and only changes preferences still gets the notices of releases in between.
    since = existing.confirmed_at if existing and existing.is_confirmed else now
    follower = Follower(
        existing.id if existing else new_identifier(),
        request.site,
        request.email,
        request.preferences if webhook_secret else replace(request.preferences, webhook=""),
        webhook_secret,
        FollowerState.CONFIRMED,
        since,
    )
    store.store_follower(connection, follower)
    store.redirect_links(connection, request.id, follower.id, now)
    return follower


def _find_linked(connection: Connection, site: str, secret: str) -> FollowRequest | Follower:
    """Returns the request that a confirmation link confirms, or its follower once it is confirmed."""
    link = one_time_links.find(connection, CONFIRMATION_LINK, secret)
    request = store.find_request(connection, link.subject)
    if request and request.site == site:
        return request
    # This reads the link again: it leads to the follower if the request was confirmed since.
    follower = _find_follower(connection, site, CONFIRMATION_LINK, secret)
    if not follower.is_confirmed:
        raise LinkExpired(CONFIRMATION_LINK)
    return follower


def _find_follower(connection: Connection, site: str, purpose: str, secret: str) -> Follower:
    """Returns the follower that a link is for. Raises `LinkExpired`, also some time after they stopped following."""
    link = one_time_links.find(connection, purpose, secret)
    follower = store.find_follower(connection, link.subject)
    # Whose row is deleted may follow again under another id: such a link must not say that nothing is sent.
    if follower is None or follower.site != site:
        raise LinkExpired(purpose)
    return follower
