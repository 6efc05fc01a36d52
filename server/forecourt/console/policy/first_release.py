"""Stands in for the release of a site that has published nothing: whose policy it is, and no engagement."""

from datetime import UTC, date, datetime, time

from forecourt.policy.edition import Edition
from forecourt.policy.importing.keys import to_company_slug
from forecourt.policy.model import Entity, Facts, Level, Policy, Processor, Release
from forecourt.settings.site import SiteSettings


def empty_edition(name: str, site: SiteSettings, day: date) -> Edition:
    """Returns release 0, which is never published, as it reads on `day`."""
    published_at = datetime.combine(day, time.min, UTC)
    return Edition(Release(name, 0, "", None, published_at, day, empty_policy(site, day)), day, {})


def empty_policy(site: SiteSettings, day: date) -> Policy:
    """Returns a listed policy that names its owner, as the settings of the site do, and nobody else."""
    owner = Entity(to_company_slug(site.controller) or "company", site.controller)
    facts = Facts(
        updated=day,
        source_language=site.locale,
        notes=(),
        sections=(),
        processor=Processor(owner.id, contact=site.email),
        entities=(owner,),
        engagements=(),
        level=Level.LISTED,
    )
    return Policy(facts, {})
