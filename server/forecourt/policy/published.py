"""What a site has published just now: its settings, the standing edition and its own privacy policy."""

from dataclasses import dataclass

from forecourt.policy.history import Edition
from forecourt.policy.model import Release
from forecourt.policy.privacy import PrivacyPolicy
from forecourt.settings.site import Site


@dataclass(frozen=True, slots=True)
class Published:
    name: str
    site: Site
    edition: Edition
    privacy_policy: PrivacyPolicy

    @property
    def release(self) -> Release:
        return self.edition.release
