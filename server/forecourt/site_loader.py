"""Makes sites live: loads each one at the start, and again when any process publishes a release or a day begins."""

import asyncio
import contextlib
import logging
from functools import cache, partial

from forecourt import clock, i18n
from forecourt.background import repeat
from forecourt.consent import notices
from forecourt.consent import store as consent_store
from forecourt.consent.context import ConsentContext
from forecourt.consent.offer import ConsentOffer
from forecourt.english_plural import pluralize
from forecourt.errors import NotFound, PolicyBroken, PolicyMoved, SettingsBroken
from forecourt.policy import actions, privacy_policy, store
from forecourt.policy.edition import Edition
from forecourt.policy.files import folder_reader
from forecourt.policy.live_site import LiveSite
from forecourt.policy.model import Policy
from forecourt.policy.privacy_policy import PrivacyPolicy
from forecourt.settings.nearest import find_nearest
from forecourt.settings.site import SiteSettings

POLL_SECONDS = 5.0  # in case a database notification is lost
log = logging.getLogger(__name__)


class SiteLoader:
    """Fills a context with the live sites of the settings, and keeps them current."""

    def __init__(self, context: ConsentContext, sites: dict[str, SiteSettings]):
        self._context, self._sites = context, sites
        self._privacy_policies: dict[str, PrivacyPolicy] = {}
        self._refreshing = asyncio.Lock()  # or a slow refresh could put an older release over a newer one

    async def load(self) -> None:
        """Makes every site live. Raises what `prepare` raises."""
        self._context.go_live_together(await self.prepare())

    async def prepare(self) -> list[tuple[LiveSite, ConsentOffer]]:
        """Reads each site's folders. A site without a release publishes its first. Makes nothing live yet.

        Where a policy is not ready for that, the site goes live without one. Raises `SettingsBroken`, and
        `PolicyBroken` for a privacy policy.
        """
        load_policy = cache(folder_reader.load_policy)  # sites may share a policy
        prepared = []
        for name, settings in self._sites.items():
            edition = await self._latest_edition(name)
            try:
                policy: Policy | None = await asyncio.to_thread(load_policy, settings.policy)
            except PolicyBroken as error:
                _log_unfit_policy(name, settings, edition, error)
                policy = None
            self._privacy_policies[name] = await asyncio.to_thread(load_privacy_policy, name, settings, policy)
            if edition is None and policy:
                edition = await self._publish_first_release(name, policy)
            if edition and policy and edition.release.policy != policy:
                number = edition.release.number
                log.warning(
                    "%s: %s differs from release %s; publish it when it is ready", name, settings.policy, number
                )
            prepared.append(await self._make_live_site(name, edition))
        return prepared

    async def follow(self) -> None:
        """Refreshes the sites at each new release, until cancelled."""
        with self._context.database.listen(actions.TOPIC) as listener:
            await repeat("releases", self.refresh, lambda _: listener.wait(POLL_SECONDS))

    async def refresh(self) -> None:
        """Makes live what any process has published since, and what a new day puts in force or ends."""
        async with self._refreshing:
            for live_site in self._context.live_sites:
                newest = await self._context.database.read(partial(store.find_head, site=live_site.name))
                if newest and not _is_current(live_site.published, newest):
                    edition = await self._latest_edition(live_site.name)
                    await self._go_live(live_site.name, edition or live_site.published)

    async def _latest_edition(self, name: str) -> Edition | None:
        today = clock.now().date()
        return await self._context.database.read(partial(actions.find_latest_edition, site=name, day=today))

    async def _publish_first_release(self, name: str, policy: Policy) -> Edition:
        """Publishes `policy` and returns its edition, or that of another process that published at the same moment."""
        with contextlib.suppress(PolicyMoved):
            await actions.publish(self._context.database, name, policy)
        if edition := await self._latest_edition(name):
            return edition
        raise NotFound(name)

    async def _go_live(self, name: str, edition: Edition | None) -> None:
        self._context.go_live(*await self._make_live_site(name, edition))

    async def _make_live_site(self, name: str, edition: Edition | None) -> tuple[LiveSite, ConsentOffer]:
        """Returns the site with what it asks for, whose notices are stored first."""
        if edition and (missing := _missing_engagements(self._sites[name], edition.release.policy)):
            number = edition.release.number
            log.warning("%s: release %s lacks engagements that the settings name: %s", name, number, missing)
        live_site = LiveSite(name, self._sites[name], edition, self._privacy_policies[name])
        offer = await asyncio.to_thread(notices.make_offer, live_site)
        offered_notices = list(offer.notices.values())
        await self._context.database.write(lambda c: consent_store.add_missing_notices(c, offered_notices, clock.now()))
        return live_site, offer


def _is_current(edition: Edition | None, newest: store.ReleaseHead) -> bool:
    """Checks whether the edition is of the newest release and of today."""
    return edition is not None and edition.release.number == newest.number and edition.day == clock.now().date()


def _log_unfit_policy(name: str, settings: SiteSettings, edition: Edition | None, error: PolicyBroken) -> None:
    """Says why the folder was not published, and what readers see instead."""
    effect = f"release {edition.release.number} stays" if edition else "readers are told that it is being prepared"
    count, first_fault = pluralize(len(error.sentences), "fault", "faults"), error.sentences[0]
    message = "%s: %s cannot be published, so %s; %s, as forecourt check says; the first: %s"
    log.warning(message, name, settings.policy, effect, count, first_fault)


def load_policies(name: str, settings: SiteSettings) -> tuple[PrivacyPolicy, Policy]:
    """Returns what the site's two policy folders hold. Raises `PolicyBroken` or `SettingsBroken`."""
    policy = folder_reader.load_policy(settings.policy)
    return load_privacy_policy(name, settings, policy), policy


def load_privacy_policy(name: str, settings: SiteSettings, policy: Policy | None) -> PrivacyPolicy:
    """Returns the site's privacy policy. `policy` is None where its folder cannot be read.

    Raises `SettingsBroken` where a language has no text or no catalogue, or where the settings name an engagement that
    `policy` does not have. Raises `PolicyBroken` where the folder cannot be read.
    """
    loaded = privacy_policy.load_privacy_policy(settings.privacy_policy)
    available = set(i18n.shipped_locales()) & set(loaded.texts)
    if missing_locales := sorted(set(settings.locales) - available):
        locales, folder = ", ".join(missing_locales), settings.privacy_policy
        sentence = f"sites.{name}.locales: {locales} has no catalogue or no text in {folder};"
        raise SettingsBroken(f"{sentence} there are {', '.join(sorted(available)) or 'none'}.")
    if policy and (missing := _missing_engagements(settings, policy)):
        hints = "".join(_suggest_engagement(engagement, policy) for engagement in missing.split(", "))
        raise SettingsBroken(f"sites.{name}: the policy has no {missing}.{hints}")
    return loaded


def _suggest_engagement(engagement: str, policy: Policy) -> str:
    nearest = find_nearest(engagement, (each.id for each in policy.facts.engagements))
    return f" Did you mean {nearest}?" if nearest else ""


def _missing_engagements(settings: SiteSettings, policy: Policy) -> str:
    """Returns the engagements that a feature or purpose of the settings names and `policy` does not have."""
    present = {engagement.id for engagement in policy.facts.engagements}
    required = {
        engagement for feature in notices.feature_settings(settings).values() for engagement in feature.engagements
    }
    required |= {engagement for purpose in settings.purposes.values() for engagement in purpose.engagements}
    return ", ".join(sorted(required - present))
