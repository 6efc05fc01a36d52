"""Makes a policy of 2,000 engagements in 29 languages. `python -m bench.large_policy` times what that costs.

The catalogues of languages Forecourt does not ship yet are English ones, so that every output is made in full.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from forecourt import i18n, resources
from forecourt.policy import comparison
from forecourt.policy.compilation import compile_release
from forecourt.policy.edition import Edition
from forecourt.policy.files import folder_reader
from forecourt.policy.hosted import policy_page
from forecourt.policy.hosted.page_frame import PageFrame
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Engagement, Entity, Location, Policy
from forecourt.policy.outputs import markdown, policy_csv, policy_json
from forecourt.web import csv_response
from forecourt.web.cache_control import PUBLISHED
from forecourt.web.cached_response import CachedResponse

ENGAGEMENTS = 2000
LANGUAGES = (
    "en fr de hu pt-BR sk es zh-Hans nl it pl cs vi nb da el ro bg sv ja fi ar fil sl lv lt hr et ru".split()  # noqa: SIM905 - a list to read
)
_SERVICES = 200


def make_large_policy() -> Policy:
    """Returns the sample many times over, each engagement with an entity of its own."""
    base = folder_reader.load_policy(resources.SAMPLE / "policy")
    entities = [_entity(number) for number in range(ENGAGEMENTS)]
    engagements = [_engagement(base, number) for number in range(ENGAGEMENTS)]
    every = sorted([*base.facts.entities, *entities], key=lambda each: each.id)
    facts = replace(base.facts, entities=tuple(every), engagements=tuple(engagements))
    words = {language: _words(base, language) for language in LANGUAGES}
    return replace(base, facts=facts, words=words, translations={})


def move_locations(policy: Policy) -> Policy:
    """Returns the policy with a third of its engagements moved to France."""
    day = date(2099, 1, 1)
    engagements = tuple(
        replace(engagement, locations=(Location("FR"),), effective=day) if number % 3 == 0 else engagement
        for number, engagement in enumerate(policy.facts.engagements)
    )
    return replace(policy, facts=replace(policy.facts, engagements=engagements))


def _entity(number: int) -> Entity:
    name = f"company-{number:04}"
    return Entity(name, f"{name.title()}, Inc.", f"{number} Main Street, Springfield", "US", f"privacy@{name}.example")


def _engagement(base: Policy, number: int) -> Engagement:
    sample_engagement = base.facts.engagements[number % len(base.facts.engagements)]
    service = f"service-{number % _SERVICES}"
    return replace(
        sample_engagement, id=f"engagement-{number:04}", entity=f"company-{number:04}", service=service, illustrative=()
    )


def _words(base: Policy, language: str) -> dict[str, str]:
    texts = base.words.get(language, base.words["en"])
    other_texts = {key: text for key, text in texts.items() if not key.startswith("service.")}
    return other_texts | {f"service.service-{number}": f"Service {number} ({language})" for number in range(_SERVICES)}


def main(folder: Path) -> None:
    """Prints the seconds of compiling and comparing as JSON: {compile, difference}."""
    _render_every_language(folder)
    old_policy = make_large_policy()
    seconds = {"compile": _seconds_of(lambda: _compile_release(old_policy))}
    new_policy = move_locations(old_policy)
    seconds["difference"] = _seconds_of(lambda: comparison.difference(old_policy, new_policy, date(2026, 11, 24)))
    print(json.dumps(seconds))


def _render_every_language(folder: Path) -> None:
    for language in LANGUAGES:
        locale_file = resources.LOCALES / f"{language}.json"
        shutil.copy(locale_file if locale_file.exists() else resources.LOCALES / "en.json", folder / f"{language}.json")
    vars(i18n)["LOCALES"] = folder


def _compile_release(policy: Policy) -> None:
    """Compiles as publishing does, and then makes every output in every language, compressed as it is served."""
    release = compile_release(None, "main", policy, datetime.now(UTC)).release
    edition = Edition(release, release.published_at.date(), {})
    for language in LANGUAGES:
        localized_edition = LocalizedEdition(edition, language)
        frame = PageFrame("https://support.example", "main", language, "en", tuple(LANGUAGES), "Service")
        html, json_media = "text/html; charset=utf-8", "application/json"
        CachedResponse.from_body(policy_page.render_policy_page(localized_edition, frame).encode(), html, PUBLISHED)
        CachedResponse.from_body(
            policy_page.render_fragment(localized_edition, frame.canonical).encode(), html, PUBLISHED
        )
        CachedResponse.from_body(
            policy_json.encode_policy(localized_edition, frame.address, None), json_media, PUBLISHED
        )
        CachedResponse.from_body(policy_csv.encode_csv(localized_edition), csv_response.MEDIA_TYPE, PUBLISHED)
        CachedResponse.from_body(
            markdown.encode_markdown(localized_edition, frame.canonical), markdown.MEDIA_TYPE, PUBLISHED
        )


def _seconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        main(Path(scratch))
