"""Provides the sample policy to tests: loaded, released, and as a folder to change."""

import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from forecourt.canonical_json import encode_canonical
from forecourt.policy import actions
from forecourt.policy.compilation import compile_release
from forecourt.policy.edition import Edition
from forecourt.policy.files import folder_reader
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience, Facts, Policy, Release
from forecourt.resources import SAMPLE

FOLDER = SAMPLE / "policy"
LANGUAGES = ("en", "nb")


@cache
def policy() -> Policy:
    return folder_reader.load_policy(FOLDER)


def with_facts(facts: Facts) -> Policy:
    return replace(policy(), facts=facts)


def with_engagement(engagement_id: str, **fields: Any) -> Policy:
    """Returns the sample with some fields of one engagement changed."""
    facts = policy().facts
    engagements = [replace(each, **fields) if each.id == engagement_id else each for each in facts.engagements]
    return with_facts(replace(facts, engagements=tuple(engagements)))


def first_release(of: Policy | None = None) -> Release:
    released_policy = of or policy()
    sha256 = hashlib.sha256(encode_canonical(released_policy)).hexdigest()
    published_at = datetime(2026, 11, 23, 21, tzinfo=UTC)
    return Release("main", 1, sha256, None, published_at, released_policy.facts.updated, released_policy)


def edition(of: Policy | None = None, day: date = date(2026, 11, 24)) -> Edition:
    """Returns the first release of a policy, on `day`."""
    return Edition(first_release(of), day, {})


def localized_sample(locale: str, region: Audience | None = None, of: Policy | None = None) -> LocalizedEdition:
    return LocalizedEdition(edition(of), locale, region)


def publish(connection: Connection, of: Policy, now: datetime, emergency: str = "", site: str = "main") -> Release:
    """Publishes as `actions.publish` does, in one transaction and at a given time."""
    latest = actions.find_latest_edition(connection, site, now.date())
    return actions.append_release(connection, compile_release(latest, site, of, now, emergency))


def break_sample(folder: Path, file: str, *changes: tuple[str, str]) -> Path:
    """Makes a copy of the sample in `folder`, with the first place of each text in `file` changed."""
    copy = folder / "policy"
    if not copy.exists():
        shutil.copytree(FOLDER, copy)
    text = (copy / file).read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (copy / file).write_text(text, "utf-8")
    return copy
