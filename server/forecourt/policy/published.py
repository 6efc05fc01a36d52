"""What a site has published just now: its settings, the standing release and its own privacy policy."""

from dataclasses import dataclass

from forecourt.policy.model import Release
from forecourt.policy.privacy import PrivacyPolicy
from forecourt.settings import Site


@dataclass(frozen=True, slots=True)
class Published:
    name: str
    site: Site
    release: Release
    privacy_policy: PrivacyPolicy
