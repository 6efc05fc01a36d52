"""Following a policy: asking, confirming, changing one's mind, leaving. Asking tells nothing of an address."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.errors import Gone
from forecourt.followers import store
from forecourt.followers.model import (
    CONFIRM,
    CONFIRM_LIFE,
    MANAGE,
    MANAGE_LIFE,
    FollowerState,
    FollowPreferences,
    asks_now,
)
from forecourt.identifiers import new_identifier
from forecourt.mail import outbox, webhook
from forecourt.mail.model import GIVE_UP_AFTER, Channel, DeliveryReply, Mail, Sender
from forecourt.mail.outbox import LeasedItem
from forecourt.policy.change import PolicyChange
from forecourt.policy.model import Audience


@dataclass(frozen=True, slots=True)
class FollowMailRouting:
    """The site's mail address, the mails' sender, and where the site's hosted pages are."""

    email: str
    sender: Sender
    pages: str


@dataclass(frozen=True, slots=True)
class ConfirmedFollow:
    """`secret` signs the webhook's calls and is told this once; `manage` is the secret of a link."""

    wish: FollowPreferences
    secret: str
    manage: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How many a change would be told to."""

    mails: int
    webhooks: int


class _Asked(msgspec.Struct):
    """What a confirmation link stands for: nothing of it counts before the address says yes."""

    follower: str
    wish: FollowPreferences


def ask(connection: Connection, site: str, email: str, wish: FollowPreferences, desk: FollowMailRouting) -> None:
    """Asks the address by mail, within its limits. Whether it follows already makes no difference.

    The address is kept in lower case: one person's spellings are one follower.
    """
    now, lowered = clock.now(), email.lower()
    known = store.by_address(connection, site, lowered)
    asks = asks_now(known.asks, known.asked_at, now) if known else 1
    if asks is None:
        return
    follower = known.id if known else new_identifier()
    if known:
        store.mark_asked(connection, follower, asks, now)
    else:
        store.add(connection, follower, site, lowered, wish.locale, now)
    subject = msgspec.json.encode(_Asked(follower, wish)).decode()
    link = f"{desk.pages}/follow/confirm/{one_time_links.make(connection, CONFIRM, subject, CONFIRM_LIFE)}"
    dedupe = f"follow:{follower}:{now.isoformat()}"
    context: dict[str, object] = {"link": link, "email": desk.email}
    outbox.put(connection, Mail("follow", dedupe, lowered, wish.locale, context, reply_to=desk.email), desk.sender)


def asked(connection: Connection, site: str, secret: str) -> tuple[str, FollowPreferences, bool]:
    """The address, what was asked for, and whether the link was used. Changes nothing. Raises `Gone`."""
    about, is_used = _asked(connection, secret)
    row = store.one(connection, about.follower)
    if row is None or row.site != site or (is_used and row.state != FollowerState.CONFIRMED):
        raise Gone(CONFIRM)
    return row.email, _wish(row) if is_used else about.wish, is_used


def confirm(connection: Connection, site: str, secret: str) -> ConfirmedFollow:
    """Takes what was asked for, once; a second time within the link's life changes nothing. Raises `Gone`."""
    _, wish, is_used = asked(connection, site, secret)
    about, _ = _asked(connection, secret)
    manage = one_time_links.make(connection, MANAGE, about.follower, MANAGE_LIFE)
    if is_used:
        return ConfirmedFollow(wish, "", manage)
    one_time_links.use_once(connection, CONFIRM, secret)
    row, signing = store.one(connection, about.follower), webhook.new_secret() if wish.webhook else ""
    # Whoever only changes what they follow is not told less of what was published meanwhile.
    since = row.confirmed_at if row and row.state == FollowerState.CONFIRMED else clock.now()
    store.settle(connection, about.follower, wish, signing, since)
    return ConfirmedFollow(wish, signing, manage)


def standing(connection: Connection, site: str, purpose: str, secret: str) -> FollowPreferences | None:
    """What the follower of a link wants; None where they have left. Raises `Gone`."""
    row = _follower(connection, site, purpose, secret)
    return _wish(row) if row and row.state == FollowerState.CONFIRMED else None


def change(connection: Connection, site: str, secret: str, wish: FollowPreferences) -> FollowPreferences | None:
    """Takes language, region and products; None where they have left. Raises `Gone`."""
    row = _follower(connection, site, MANAGE, secret)
    if row is None or row.state != FollowerState.CONFIRMED:
        return None
    changed = FollowPreferences(wish.locale, wish.region, wish.products, row.webhook)
    store.settle(connection, row.id, changed, row.secret, row.confirmed_at)
    return changed


def leave(connection: Connection, site: str, purpose: str, secret: str) -> None:
    """At once, and as often as one likes; what waits in the outbox does not go out any more. Raises `Gone`."""
    row, now = _follower(connection, site, purpose, secret), clock.now()
    if row is None:
        return
    store.leave(connection, row.id, now)
    for notice in store.notices_of(connection, row.id, now - GIVE_UP_AFTER):
        for cause in causes(notice):
            outbox.cancel(connection, cause)


def causes(notice: str) -> tuple[str, str]:
    """Under which names the mail and the webhook's call of a notice are known to the outbox and in the deliveries."""
    return f"change:{notice}", f"change:{notice}:webhook"


def heard(connection: Connection, sent: LeasedItem, answer: DeliveryReply) -> None:
    """A webhook that says it is gone is called no more; the mails go on."""
    if sent.channel == Channel.WEBHOOK and answer.code == webhook.GONE:
        store.end_webhook(connection, sent.dedupe.split(":")[1], sent.recipient)


def reach(connection: Connection, site: str, changes: Iterable[PolicyChange]) -> Reach:
    """Whom these changes would be told to, were they published now."""
    material = [each for each in changes if each.is_material]
    touched = [
        row
        for row in store.wanted(connection, site)
        if any(each.concerns(_region(row), tuple(row.products)) for each in material)
    ]
    return Reach(len(touched), sum(bool(row.webhook) for row in touched))


def _asked(connection: Connection, secret: str) -> tuple[_Asked, bool]:
    subject, used_at = one_time_links.subject(connection, CONFIRM, secret)
    return msgspec.json.decode(subject, type=_Asked), used_at is not None


def _follower(connection: Connection, site: str, purpose: str, secret: str) -> Any | None:
    """None where the row is gone, as it is some time after leaving."""
    follower, _ = one_time_links.subject(connection, purpose, secret)
    row = store.one(connection, follower)
    if row and row.site != site:
        raise Gone(purpose)
    return row


def _wish(row: Any) -> FollowPreferences:
    return FollowPreferences(row.locale, _region(row), tuple(row.products), row.webhook)


def _region(row: Any) -> Audience | None:
    return Audience(row.region) if row.region else None
