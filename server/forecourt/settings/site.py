"""Defines the settings of one site: its pages, its policy, and what its visitors are asked for."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from forecourt.launcher import Launcher
from forecourt.settings.messengers import MessengerLink
from forecourt.theme import Theme

Slug = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$", description="a name of a to z, 0 to 9 and _, at most 32 characters")
]
Origin = Annotated[
    str,
    Meta(
        pattern=r"^https?://[a-z0-9.\[\]:-]+$",
        description="scheme, host and port of a page, without a path: https://www.example.com",
    ),
]
Words = Annotated[str, Meta(min_length=1, max_length=500, description="a text of 1 to 500 characters")]
Stored = Annotated[  # of a cookie or key; `*` ends a beginning
    str,
    Meta(
        max_length=100,
        pattern=r"^[^\s;,=*]+\*?$",
        description="the name of a cookie or key, at most 100 characters, with * for any end: _ga*",
    ),
]
Domain = Annotated[
    str, Meta(pattern=r"^([a-z0-9-]+(\.[a-z0-9-]+)+)?$", description="a domain in small letters: example.com")
]
GlobalName = Annotated[  # of a variable in the page
    str,
    Meta(
        max_length=50,
        pattern=r"^[A-Za-z_$][A-Za-z0-9_$]*$",
        description="the name of a JavaScript variable, at most 50 characters",
    ),
]
Google = Literal[
    "ad_storage",
    "ad_user_data",
    "ad_personalization",
    "analytics_storage",
    "functionality_storage",
    "personalization_storage",
    "security_storage",
]


@dataclass(frozen=True, slots=True)
class PurposeWords:
    """Holds a site's own words for a purpose, in one language."""

    title: Words
    text: Words


@dataclass(frozen=True, slots=True)
class PurposeSettings:
    """Describes one purpose that visitors are asked to consent to.

    A `separate` purpose is not part of the banner's "accept": it is always a choice of its own, unticked.
    """

    required: bool = False
    separate: bool = False
    retention_days: Annotated[int, Meta(ge=1, le=3650)] = 182  # how long what it stores is kept
    engagements: tuple[str, ...] = ()  # recipients of its own, beside those of the features that need it
    cookies: tuple[Stored, ...] = ()  # cleared from the page when it is withdrawn
    storage: tuple[Stored, ...] = ()  # the same, of localStorage and sessionStorage
    gpc: bool | None = None  # refused without asking under Global Privacy Control; None: only `marketing` is
    google_consent_types: tuple[Google, ...] = ()  # the types of Google's consent mode that it grants
    words: dict[str, PurposeWords] = field(default_factory=dict)  # by locale; Forecourt's own where there are none


def is_refused_by_gpc(name: str, purpose: PurposeSettings) -> bool:
    """Checks whether Global Privacy Control in the browser counts as a refusal of this purpose."""
    return name == "marketing" if purpose.gpc is None else purpose.gpc


def default_purposes() -> dict[str, PurposeSettings]:
    """Returns the purposes of a site whose settings name none."""
    return {
        "necessary": PurposeSettings(required=True),
        "support": PurposeSettings(retention_days=730),
        "newsletter": PurposeSettings(separate=True, retention_days=730),
        "analytics": PurposeSettings(retention_days=395, google_consent_types=("analytics_storage",)),
        "marketing": PurposeSettings(google_consent_types=("ad_storage", "ad_user_data", "ad_personalization")),
    }


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """Says which purposes one feature needs consent to, and which engagements of the policy will see its data."""

    purposes: tuple[Slug, ...]
    engagements: tuple[str, ...] = ()

    @property
    def is_offered(self) -> bool:
        """Says whether the site has the feature at all."""
        return True


@dataclass(frozen=True, slots=True)
class MessengerSettings(FeatureSettings):
    """Holds the messengers, which are links to other companies' services. Without any, the site has no such feature."""

    purposes: tuple[Slug, ...] = ("support",)
    links: Annotated[tuple[MessengerLink, ...], Meta(max_length=12)] = ()

    @property
    def is_offered(self) -> bool:
        return bool(self.links)


@dataclass(frozen=True, slots=True)
class FileSettings:
    """Says which files a message may carry, the visitor's and the agent's alike."""

    per_message: Annotated[int, Meta(ge=0, le=5)] = 5  # 0 lets none through
    megabytes: Annotated[int, Meta(ge=1, le=10)] = 10  # of one file; a megabyte is 1,048,576 bytes
    office: bool = False  # docx, xlsx, pptx, odt and ods too, beside images, PDF and plain text


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """Holds one site's settings: who it is, which pages may write, which policy it shows."""

    origins: Annotated[tuple[Origin, ...], Meta(min_length=1)]  # of the pages that embed it, scheme, host and port
    controller: str  # the legal name visitors read
    email: str  # the plain address shown to visitors; contact messages and alerts go there
    policy: Path  # the policy folder: facts.toml and words/
    privacy_policy: Path  # a folder with version.txt and one LOCALE.md a language
    locale: str = "en"  # for visitors whose language is not one of `locales`
    locales: tuple[str, ...] = ("en", "nb")
    purposes: dict[Slug, PurposeSettings] = field(default_factory=default_purposes)
    contact: FeatureSettings = FeatureSettings(("support",))
    chat: FeatureSettings = FeatureSettings(("support",))
    newsletter: FeatureSettings = FeatureSettings(("newsletter",))
    messengers: MessengerSettings = field(default_factory=MessengerSettings)
    topics: Annotated[tuple[Slug, ...], Meta(min_length=1)] = ("support", "privacy", "dpa", "partnership")
    files: FileSettings = FileSettings()
    unanswered_alert_minutes: Annotated[float, Meta(gt=0)] = 5.0  # a chat that waits longer mails the site's address
    text_overrides: dict[str, dict[str, Words]] = field(
        default_factory=dict
    )  # by locale: the widget's texts in other words
    theme: Theme = field(default_factory=Theme)
    launcher: Launcher = field(default_factory=Launcher)
    control: Literal["always", "without_place", "never"] = "always"  # where our own way back to a choice stands
    share_cookie_domain: Domain = ""  # above every origin's host: its sub-domains then share one choice
    google_data_layer: GlobalName = "dataLayer"  # the global that holds the queue of Google's tags
    change_notice_evidence_days: Annotated[int, Meta(ge=30, le=3650)] = (
        1096  # how long the address a change notice went to is kept
    )
