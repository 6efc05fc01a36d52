"""What a site has published just now: its settings, the standing edition and its own privacy policy."""

from dataclasses import dataclass

from forecourt.policy.edition import Edition
from forecourt.policy.model import Release
from forecourt.policy.privacy_policy import PrivacyPolicy
from forecourt.settings.site import SiteSettings


@dataclass(frozen=True, slots=True)
class LiveSite:
    name: str
    site: SiteSettings
    edition: Edition
    privacy_policy: PrivacyPolicy

    @property
    def release(self) -> Release:
        return self.edition.release
