"""The sites as they stand: opened at the start, and opened again when a release is published, in every process."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import cache, partial

from forecourt import clock, i18n
from forecourt.background import each_round
from forecourt.consent import notices
from forecourt.consent import store as consents
from forecourt.consent.context import LiveConsentSite, SiteContext
from forecourt.errors import NotFound, PolicyMoved, SettingsBroken
from forecourt.policy import actions, privacy_policy, store
from forecourt.policy.edition import Edition
from forecourt.policy.files import folder_reader
from forecourt.policy.live_site import LiveSite
from forecourt.policy.model import Policy
from forecourt.policy.privacy_policy import PrivacyPolicy
from forecourt.settings.site import SiteSettings

POLL = 5.0  # seconds; under the wake-ups
log = logging.getLogger(__name__)


class SiteLoader:
    def __init__(self, desk: SiteContext, sites: dict[str, SiteSettings], when_new: Callable[[], None]):
        self._desk, self._sites, self._when_new = desk, sites, when_new
        self._privacy: dict[str, PrivacyPolicy] = {}
        self._looking = asyncio.Lock()  # else who looked earlier, and was slower, would put back what stood then

    async def open(self) -> None:
        """Reads each site's folders; a site without a release publishes its first. Raises `PolicyBroken`."""
        load = cache(folder_reader.load_policy)  # sites may share a policy
        for name, site in self._sites.items():
            policy = load(site.policy)
            self._privacy[name] = fitting(name, site, policy)
            edition = await self._latest(name) or await self._first(name, policy)
            if edition.release.policy != policy:
                number = edition.release.number
                log.warning("%s: %s differs from release %s; publish it when it is ready", name, site.policy, number)
            await self._stand(name, edition)

    async def follow(self) -> None:
        """Until cancelled: takes up each new release."""
        with self._desk.database.listen(actions.TOPIC) as listener:
            await each_round("releases", self.look, lambda _: listener.wait(POLL))

    async def look(self) -> None:
        """Takes up what was published since, here or by another process; and a new day, on which statuses change."""
        async with self._looking:
            for name, standing in list(self._desk.sites.items()):
                known = standing.published.edition
                head = await self._desk.database.read(partial(store.head, site=name))
                if head and (head[0] != known.release.number or known.day != clock.now().date()):
                    await self._stand(name, await self._latest(name) or known)

    async def _latest(self, name: str) -> Edition | None:
        return await self._desk.database.read(partial(actions.latest_edition, site=name, day=clock.now().date()))

    async def _first(self, name: str, policy: Policy) -> Edition:
        """Publishes the first release; another process may do so at the same moment."""
        with contextlib.suppress(PolicyMoved):
            await actions.publish(self._desk.database, name, policy)
        if made := await self._latest(name):
            return made
        raise NotFound(name)

    async def _stand(self, name: str, edition: Edition) -> None:
        if missing := _unnamed(self._sites[name], edition.release.policy):
            log.warning("%s: the settings name %s, and release %s does not", name, missing, edition.release.number)
        published = LiveSite(name, self._sites[name], edition, self._privacy[name])
        offer = await asyncio.to_thread(notices.offer, published)
        kept = list(offer.notices.values())
        await self._desk.database.write(lambda c: consents.add_missing_notices(c, kept, clock.now()))
        self._desk.sites[name] = LiveConsentSite(published, offer)
        self._when_new()


def read(name: str, site: SiteSettings) -> tuple[PrivacyPolicy, Policy]:
    """The site's privacy policy and policy, from their folders. Raises `PolicyBroken` or `SettingsBroken`."""
    policy = folder_reader.load_policy(site.policy)
    return fitting(name, site, policy), policy


def fitting(name: str, site: SiteSettings, policy: Policy) -> PrivacyPolicy:
    """The site's privacy policy, where it, `policy` and the settings fit together. Raises as `read` does."""
    own = privacy_policy.load(site.privacy_policy)
    spoken = set(i18n.shipped()) & set(own.texts)
    if silent := sorted(set(site.locales) - spoken):
        raise SettingsBroken(
            f"sites.{name}.locales: {', '.join(silent)} has no catalogue or no text in {site.privacy_policy}."
        )
    if missing := _unnamed(site, policy):
        raise SettingsBroken(f"sites.{name}: the policy has no {missing}.")
    return own


def _unnamed(site: SiteSettings, policy: Policy) -> str:
    """The engagements that a feature or purpose of the site names and the policy has not."""
    engaged = {engagement.id for engagement in policy.facts.engagements}
    named = {each for feature in notices.features(site).values() for each in feature.engagements}
    named |= {each for purpose in site.purposes.values() for each in purpose.engagements}
    return ", ".join(sorted(named - engaged))
