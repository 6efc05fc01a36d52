"""The sites as they stand: opened at the start, and opened again when a release is published, in every process."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection

from forecourt import clock, i18n
from forecourt.consent import notices, store
from forecourt.consent.desk import Desk, Standing
from forecourt.db.signals import announce
from forecourt.errors import NotFound, SettingsBroken
from forecourt.forever import each_round
from forecourt.policy import actions, privacy, source
from forecourt.policy.model import Policy, Release
from forecourt.policy.privacy import PrivacyPolicy
from forecourt.policy.published import Published
from forecourt.settings import Site

TOPIC = "releases"
POLL = 5.0  # seconds; under the wake-ups
log = logging.getLogger(__name__)


class Sites:
    def __init__(self, desk: Desk, sites: dict[str, Site], when_new: Callable[[], None]):
        self._desk, self._sites, self._when_new = desk, sites, when_new
        self._privacy: dict[str, PrivacyPolicy] = {}

    async def open(self) -> None:
        """Reads each site's folders; a site without a release publishes its first. Raises `PolicyBroken`."""
        for name, site in self._sites.items():
            self._privacy[name], policy = read(name, site)
            release = await self._desk.database.write(partial(first, name=name, policy=policy))
            if actions.canonical(release.policy) != actions.canonical(policy):
                log.warning(
                    "%s: %s differs from release %s; publish it when it is ready", name, site.policy, release.number
                )
            await self._stand(name, release)

    async def follow(self) -> None:
        """Until cancelled: takes up each new release."""
        with self._desk.database.listen(TOPIC) as listener:
            await each_round("releases", self.look, lambda _: listener.wait(POLL))

    async def look(self) -> None:
        """Takes up what was published since, here or by another process."""
        for name, standing in list(self._desk.sites.items()):
            release = await self._desk.database.read(partial(actions.standing, site=name))
            if release.number != standing.published.release.number:
                await self._stand(name, release)

    async def _stand(self, name: str, release: Release) -> None:
        published = Published(name, self._sites[name], release, self._privacy[name])
        offer = await asyncio.to_thread(notices.offer, published)
        kept = list(offer.notices.values())
        await self._desk.database.write(lambda c: store.keep_notices(c, kept, clock.now()))
        self._desk.sites[name] = Standing(published, offer)
        self._when_new()


def read(name: str, site: Site) -> tuple[PrivacyPolicy, Policy]:
    """The site's privacy policy and policy, from their folders. Raises `PolicyBroken` or `SettingsBroken`."""
    own, policy = privacy.load(site.privacy_policy), source.load(site.policy)
    spoken = set(i18n.shipped()) & set(own.texts)
    if silent := sorted(set(site.locales) - spoken):
        raise SettingsBroken(
            f"sites.{name}.locales: {', '.join(silent)} has no catalogue or no text in {site.privacy_policy}."
        )
    engaged = {engagement.id for engagement in policy.facts.engagements}
    for feature, setting in notices.features(site).items():
        if unknown := sorted(set(setting.engagements) - engaged):
            raise SettingsBroken(f"sites.{name}.{feature}.engagements: the policy has no {', '.join(unknown)}.")
    return own, policy


def first(connection: Connection, name: str, policy: Policy) -> Release:
    """The standing release, or the first one made of `policy`."""
    try:
        return actions.standing(connection, name)
    except NotFound:
        return publish(connection, name, policy)


def publish(connection: Connection, name: str, policy: Policy) -> Release:
    """Publishes, and tells every process."""
    announce(connection, TOPIC)
    return actions.publish(connection, name, policy, clock.now())
