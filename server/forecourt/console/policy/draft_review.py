"""The draft against the standing release, in words: what differs, what `forecourt check` finds, and whom it reaches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from forecourt.console.policy.draft_session import DraftState
from forecourt.policy import difference, notice_period
from forecourt.policy.check import FACTS_FILE, Finding, check_policy
from forecourt.policy.difference import Difference
from forecourt.policy.edition import Edition
from forecourt.policy.files.folder_reader import TRANSLATIONS, country_codes
from forecourt.policy.localization.change_sentences import MAX_CHANGES, ChangeSentence, describe_change
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.localization.word_keys import required_word_keys
from forecourt.policy.model import Engagement, Policy, Release

SHOWN_AT_MOST = 100  # findings on one page


@dataclass(frozen=True)
class DraftReview:
    """`early`: the engagements that would take effect before customers were told in time."""

    difference: Difference
    material: Sequence[ChangeSentence]
    other: Sequence[ChangeSentence]
    flaws: Sequence[Finding]
    early: Sequence[str]
    today: date
    first_day: date

    @property
    def more(self) -> int:
        """Changes that are not shown one by one."""
        return len(self.difference.changes) - len(self.material) - len(self.other)

    @property
    def changes(self) -> int:
        return len(self.difference.changes)

    @property
    def starts(self) -> list[date]:
        """The days to come on which something customers are told of takes effect."""
        return self._to_come([each.effective for each in self.difference.material_changes])

    @property
    def deadlines(self) -> list[date]:
        """The last days on which one may object to what it changes."""
        return self._to_come([each.deadline for each in self.difference.material_changes])

    def _to_come(self, days: Sequence[date | None]) -> list[date]:
        return sorted({each for each in days if each and each > self.today})


def verdict(work: DraftState, locale: str) -> DraftReview:
    """For an agent who reads `locale`. Takes up to a second for a large policy: not on the event loop."""
    found = difference.difference(work.standing.policy, work.policy, work.before.day)
    before, after = LocalizedEdition(work.before, locale), LocalizedEdition(drafted(work), locale)
    calling = [each for each in found.changes if each.is_material][:MAX_CHANGES]
    others = [each for each in found.changes if not each.is_material][:MAX_CHANGES]
    return DraftReview(
        found,
        [describe_change(each, before, after) for each in calling],
        [describe_change(each, before, after) for each in others],
        check_policy(work.policy, country_codes()),
        [each.id for each in _early(work)],
        work.before.day,
        notice_period.earliest_effective_day(work.before, work.policy),
    )


def drafted(work: DraftState) -> Edition:
    """The draft as it would read today as a release, whatever is still wrong with it."""
    policy, before = complete(work.policy), work.before
    number, hidden = work.standing.number, "0" * 64  # nothing is sealed
    now = work.draft.edited_at if work.draft else work.standing.published_at
    announced, standing = (
        notice_period.announcement_days(before, policy),
        notice_period.releases_in_force(before, policy),
    )
    release = Release(work.name, number + 1, hidden, work.standing.sha256, now, before.day, policy, announced, standing)
    return Edition(release, before.day, {**before.earlier, number: work.standing})


def complete(policy: Policy) -> Policy:
    """With each text the facts ask for: where nobody has written it yet, its key in brackets."""
    source = policy.facts.source_language
    texts = policy.words.get(source, {})
    missing = {key: f"⟨{key}⟩" for key in required_word_keys(policy.facts) - texts.keys()}
    return replace(policy, words={**policy.words, source: {**missing, **texts}}) if missing else policy


def place(work: DraftState, flaw: Finding) -> str:
    """The page below the site's where it is mended; empty where none of ours can."""
    kind, _, rest = flaw.key.partition(".")
    if flaw.file == FACTS_FILE:
        return f"{kind}/{rest.partition('.')[0]}" if kind in ("engagements", "entities") and rest else "general"
    language = flaw.file.removeprefix("words/").removesuffix(".toml")
    is_text = flaw.key and not flaw.key.startswith(f"{TRANSLATIONS}.")
    return f"words/{language}/{flaw.key}" if is_text and language in work.languages else ""


def names(work: DraftState, told: Sequence[str]) -> list[str]:
    """Engagements by the names of their companies."""
    facts = work.policy.facts
    return [facts.entity(facts.engagement(each).entity).legal_name for each in told]


def _early(work: DraftState) -> list[Engagement]:
    first = notice_period.earliest_effective_day(work.before, work.policy)
    return [
        each
        for each in work.policy.facts.engagements
        if each.effective < first and notice_period.is_news(work.before, work.policy, each)
    ]
