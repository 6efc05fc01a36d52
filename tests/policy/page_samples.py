"""Renders the policy as a reader meets it: the fragment, the hosted page, and a release with announced changes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from forecourt.policy.compilation import compile_release
from forecourt.policy.edition import Edition
from forecourt.policy.hosted import policy_page
from forecourt.policy.hosted.page_frame import PageFrame, Query
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience, Policy, Release
from tests.policy.sample import LANGUAGES, first_release, policy, with_facts

ADDRESS = "https://forecourt.example"
DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def fragment(edition: LocalizedEdition, is_today: bool = True) -> str:
    return policy_page.render_fragment(edition, f"{ADDRESS}/main/{edition.locale}", is_today)


def document(edition: LocalizedEdition, banner: str = "", path: str = "", query: Query = ()) -> str:
    return policy_page.render_policy_page(edition, frame(edition.locale, path, query), banner)


def frame(locale: str, path: str = "", query: Query = ()) -> PageFrame:
    return PageFrame(ADDRESS, "main", locale, "en", LANGUAGES, "LiveAgent", LANGUAGES, path, query)


def with_changes(**fields: dict[str, Any]) -> Policy:
    """Returns the sample with fields of engagements changed; `linode_eu` stands for `linode-eu`."""
    facts, fields_by_id = policy().facts, {key.replace("_", "-"): value for key, value in fields.items()}
    assert fields_by_id.keys() <= {each.id for each in facts.engagements}
    return with_facts(
        replace(facts, engagements=tuple(replace(each, **fields_by_id.get(each.id, {})) for each in facts.engagements))
    )


def next_release(policy: Policy, now: datetime = NOW, emergency: str = "", previous: Release | None = None) -> Release:
    latest = Edition(previous or sample_release(), now.date(), {1: sample_release()})
    return compile_release(latest, "main", policy, now, emergency).release


def second_edition(
    policy: Policy, locale: str = "en", day: date = DAY, region: Audience | None = None, emergency: str = ""
) -> LocalizedEdition:
    """Returns the release after the sample's own, published on `DAY`, as it reads on `day`."""
    return LocalizedEdition(
        Edition(next_release(policy, emergency=emergency), day, {1: sample_release()}), locale, region
    )


@cache
def sample_release() -> Release:
    return first_release()
