"""Publishes the next release, as `forecourt policy publish` does."""

from dataclasses import replace
from typing import Any

from forecourt import clock
from forecourt.app import Application
from forecourt.policy.actions import publish
from forecourt.policy.model import Location
from forecourt.policy.word_keys import required_word_keys


async def publish_with(application: Application, engagement: str, **fields: Any) -> None:
    """The policy that stands, with some fields of one engagement changed, in force at once."""
    policy = application.context.live_sites.get("main").release.policy
    fields = {"effective": clock.now().date(), **fields}
    changed = [replace(each, **fields) if each.id == engagement else each for each in policy.facts.engagements]
    facts = replace(policy.facts, engagements=tuple(changed))
    needed = required_word_keys(facts)
    words = {name: {key: text for key, text in texts.items() if key in needed} for name, texts in policy.words.items()}
    following = replace(policy, facts=facts, words=words)
    await publish(application.database, "main", following, emergency="the test cannot wait")
    await application.site_loader.refresh()


async def publish_moved(application: Application, engagement: str, country: str) -> None:
    await publish_with(application, engagement, locations=(Location(country),))
