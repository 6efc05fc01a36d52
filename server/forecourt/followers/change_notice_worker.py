"""Plans the notices of each announced release, one for each follower, in batches of one transaction each.

A batch is committed together with the mark of how far the planning has come. If the process ends between two batches,
the next one starts after that mark, so every follower gets exactly one notice.
"""

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.background import repeat
from forecourt.errors import NotFound
from forecourt.followers import store
from forecourt.followers.actions import outbox_keys
from forecourt.followers.change_notice import ChangeNotice, ChangeNoticeWriter, FollowerGroup, follower_locale
from forecourt.followers.links import NOTICE_LINK_LIFETIME, PREFERENCES_LINK, UNSUBSCRIBE_LINK
from forecourt.followers.model import ChangeNoticeRecord, Follower
from forecourt.identifiers import new_identifier
from forecourt.link_secret import new_link_secret
from forecourt.mail import outbox
from forecourt.mail.model import Channel, Mail, WebhookCall
from forecourt.policy import actions as policy
from forecourt.policy.context import SiteContext
from forecourt.policy.live_site import LiveSite

POLL_SECONDS = 5.0  # finds announcements where a wake-up was lost
FOLLOWERS_AT_ONCE = 25  # in one transaction; 2 ms each, in which SQLite lets nobody else write
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """Holds what the notices of one release are planned from."""

    context: SiteContext
    live_site: LiveSite
    writer: ChangeNoticeWriter

    @property
    def release(self) -> int:
        return self.writer.after.release.number

    def group_of(self, follower: Follower) -> FollowerGroup:
        """Returns the group of followers that gets the same notice as this one."""
        preferences, settings = follower.preferences, self.live_site.settings
        locale = follower_locale(preferences.locale, settings.locales, settings.locale)
        return FollowerGroup(locale, preferences.region, tuple(sorted(preferences.products)))


async def run(context: SiteContext) -> None:
    """Plans the notices of every announced release until it is cancelled."""
    with context.database.listen(policy.TOPIC) as wake_ups:
        await repeat("change notices", partial(plan_pending, context), lambda _: wake_ups.wait(POLL_SECONDS))


async def plan_pending(context: SiteContext) -> None:
    """Plans what is pending. A release that cannot be planned is logged and does not hold up the others."""
    for announcement in await context.database.read(store.find_pending_announcements):
        try:
            live_site = context.live_sites.get(announcement.site)
        except NotFound:  # a site of other settings on the same database
            continue
        try:
            plan = await load_plan(context, live_site, announcement.release)
            while await plan_next_batch(plan):
                pass
        except Exception:
            log.exception("release %s of %s: its followers are not told yet", announcement.release, announcement.site)


async def load_plan(context: SiteContext, live_site: LiveSite, number: int) -> NoticePlan:
    """Reads the release with this number and the one before it."""

    def read(connection: Connection) -> ChangeNoticeWriter:
        before, after, difference = policy.compare_releases(connection, live_site.name, number - 1, number)
        day = after.published_at.date()
        editions = [policy.read_edition(connection, release, day) for release in (before, after)]
        return ChangeNoticeWriter(editions[0], editions[1], difference, f"{context.address}/{live_site.name}")

    return NoticePlan(context, live_site, await context.database.read(read))


async def plan_next_batch(plan: NoticePlan) -> bool:
    """Plans the notices of the next followers. Returns whether there are more followers."""
    followers = await plan.context.database.read(lambda c: _next_recipients(c, plan))
    # The notices are written here, and not in the transaction, in which others wait to write.
    await asyncio.to_thread(lambda: [plan.writer.notice_for(plan.group_of(follower)) for follower in followers])
    return await plan.context.database.write(lambda c: plan_batch(c, plan))


def plan_batch(connection: Connection, plan: NoticePlan) -> bool:
    """Stores the notices of the next followers and how far the planning has come. Returns whether there are more."""
    release = plan.writer.after.release
    announcement = store.lock_pending_announcement(connection, release.site, release.number)
    if announcement is None:
        return False
    followers = store.find_recipients(
        connection, release.site, announcement.last_follower, release.published_at, FOLLOWERS_AT_ONCE
    )
    notified = store.find_notified(connection, release.site, release.number, [follower.id for follower in followers])
    planned = sum(_plan_notice(connection, plan, follower) for follower in followers if follower.id not in notified)
    is_done = len(followers) < FOLLOWERS_AT_ONCE
    last = followers[-1].id if followers else announcement.last_follower
    store.advance(connection, announcement, last, planned, is_done)
    return not is_done


def _next_recipients(connection: Connection, plan: NoticePlan) -> list[Follower]:
    release = plan.writer.after.release
    announcement = store.find_pending_announcement(connection, release.site, release.number)
    if announcement is None:
        return []
    return store.find_recipients(
        connection, release.site, announcement.last_follower, release.published_at, FOLLOWERS_AT_ONCE
    )


def _plan_notice(connection: Connection, plan: NoticePlan, follower: Follower) -> bool:
    """Returns False where nothing of the release concerns the follower."""
    group = plan.group_of(follower)
    notice = plan.writer.notice_for(group)
    if notice is None:
        return False
    identifier = new_identifier()
    _store_proof(connection, plan, follower, group, notice, identifier)
    _queue_mail(connection, plan, follower, group, notice, identifier)
    if follower.preferences.webhook:
        _, key = outbox_keys(identifier)
        call = WebhookCall("policy.changed", key, follower.preferences.webhook, follower.webhook_secret, notice.text)
        outbox.put_webhook_call(connection, call)
    return True


def _store_proof(
    connection: Connection,
    plan: NoticePlan,
    follower: Follower,
    group: FollowerGroup,
    notice: ChangeNotice,
    identifier: str,
) -> None:
    """Stores the words by their hash, and in a row that cannot be changed that the follower was notified of them."""
    now, salt = clock.now(), new_link_secret()
    store.add_words(connection, follower.site, group.locale, notice.sha256, notice.text.decode(), now)
    channels = [Channel.MAIL, Channel.WEBHOOK] if follower.preferences.webhook else [Channel.MAIL]
    record = ChangeNoticeRecord(
        identifier,
        follower.site,
        plan.release,
        follower.id,
        "+".join(channels),
        group.locale,
        group.region,
        notice.sha256,
        hashlib.sha256(f"{salt}{follower.email}".encode()).hexdigest(),
        now,
    )
    store.add_notice(connection, record, salt, follower.email)


def _queue_mail(
    connection: Connection,
    plan: NoticePlan,
    follower: Follower,
    group: FollowerGroup,
    notice: ChangeNotice,
    identifier: str,
) -> None:
    key, _ = outbox_keys(identifier)
    routing = plan.context.mail_routing(plan.live_site)
    preferences_secret, unsubscribe_secret = (
        one_time_links.create(connection, purpose, follower.id, NOTICE_LINK_LIFETIME)
        for purpose in (PREFERENCES_LINK, UNSUBSCRIBE_LINK)
    )
    release = plan.writer.after.release
    context: dict[str, object] = {
        "notice": notice,
        "release": release.number,
        "service": release.policy.facts.service_name,
        "emergency": release.emergency,
        "source": release.policy.facts.source_language,
        "objection_url": routing.page_url(group.locale, "objection?engagement="),
        "preferences_url": routing.page_url(group.locale, f"follow/manage/{preferences_secret}"),
        "email": routing.email,
    }
    # RFC 8058: a mail program unsubscribes by one POST, without opening a page.
    unsubscribe = routing.page_url(group.locale, f"follow/leave/{unsubscribe_secret}")
    headers = {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = Mail("change_notice", key, follower.email, group.locale, context, routing.email, headers)
    outbox.put_mail(connection, mail, routing.sender, records_deliveries=True)
