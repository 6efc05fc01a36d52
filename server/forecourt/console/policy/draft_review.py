"""Compares the draft with the published release: what differs in words, what the check finds, and who is told late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from forecourt.console.policy.draft_session import DraftState
from forecourt.policy import comparison, notice_period
from forecourt.policy.check import FACTS_FILE, Finding, check_policy
from forecourt.policy.comparison import Difference
from forecourt.policy.edition import Edition
from forecourt.policy.files.folder_reader import TRANSLATIONS, country_codes
from forecourt.policy.localization.change_sentences import MAX_CHANGES, ChangeSentence, describe_change
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Engagement, Policy, Release
from forecourt.policy.stated_facts import FactCount, count_listed_facts
from forecourt.policy.word_keys import expected_word_keys


@dataclass(frozen=True)
class DraftReview:
    """Holds the comparison in an agent's language.

    `fact_count` counts what a listed policy states; None where the policy is complete. `material_changes` are those
    that customers are told of. `too_early` are the names of companies whose engagements would take effect before
    customers were told in time; `first_day` is the first lawful day. `first_count` counts the engagements of what is to
    be the first release, in which nothing changes.
    """

    difference: Difference
    material_changes: Sequence[ChangeSentence]
    other_changes: Sequence[ChangeSentence]
    findings: Sequence[Finding]
    fact_count: FactCount | None
    too_early: Sequence[str]
    today: date
    first_day: date
    first_count: int = 0

    @property
    def change_count(self) -> int:
        return self.first_count or len(self.difference.changes)

    @property
    def unlisted_count(self) -> int:
        """Returns how many changes are not shown one by one."""
        return len(self.difference.changes) - len(self.material_changes) - len(self.other_changes)

    @property
    def effective_days(self) -> list[date]:
        """Returns the days from tomorrow on on which a change takes effect that customers are told of."""
        return self._future([change.effective for change in self.difference.material_changes])

    @property
    def deadlines(self) -> list[date]:
        """Returns the days from tomorrow on until which one may object to one of these changes."""
        return self._future([change.deadline for change in self.difference.material_changes])

    def _future(self, days: Sequence[date | None]) -> list[date]:
        return sorted({day for day in days if day and day > self.today})


def review_draft(state: DraftState, locale: str) -> DraftReview:
    """Takes up to a second for a large policy, so call it in a thread."""
    if state.is_first:
        return _review_first(state)
    changes = comparison.difference(state.release.policy, state.policy, state.edition.day)
    before, after = LocalizedEdition(state.edition, locale), LocalizedEdition(draft_edition(state), locale)
    material = [change for change in changes.changes if change.is_material][:MAX_CHANGES]
    others = [change for change in changes.changes if not change.is_material][:MAX_CHANGES]
    first_day = state.first_day
    return DraftReview(
        difference=changes,
        material_changes=[describe_change(change, before, after) for change in material],
        other_changes=[describe_change(change, before, after) for change in others],
        findings=check_policy(state.policy, country_codes()),
        fact_count=count_listed_facts(state.policy.facts),
        too_early=_legal_names(state, _find_too_early(state, first_day)),
        today=state.edition.day,
        first_day=first_day,
    )


def _review_first(state: DraftState) -> DraftReview:
    """Returns the review of what is to be the first release. Customers had no list before, and are not told of it."""
    day, facts = state.edition.day, state.policy.facts
    findings, count = check_policy(state.policy, country_codes()), count_listed_facts(facts)
    return DraftReview(Difference((), {}), (), (), findings, count, (), day, day, len(facts.engagements))


def draft_edition(state: DraftState) -> Edition:
    """Returns the draft as it would read today as a release, whatever is still wrong with it."""
    policy, before = _fill_missing_texts(state.policy), state.edition
    number, no_hash = state.release.number, ""  # a draft is not sealed
    published_at = state.draft.edited_at if state.draft else state.release.published_at
    announced, standing = (
        notice_period.announcement_days(before, policy),
        notice_period.releases_in_force(before, policy),
    )
    release = Release(
        state.name, number + 1, no_hash, state.release.sha256, published_at, before.day, policy, announced, standing
    )
    return Edition(release, before.day, {**before.earlier, number: state.release})


def find_page(state: DraftState, finding: Finding) -> str:
    """Returns the editor's page where a finding is mended, below the site's; empty where there is none."""
    kind, _, rest = finding.key.partition(".")
    if finding.file == FACTS_FILE:
        return f"{kind}/{rest.partition('.')[0]}" if kind in ("engagements", "entities") and rest else "general"
    language = finding.file.removeprefix("words/").removesuffix(".toml")
    is_text = finding.key and not finding.key.startswith(f"{TRANSLATIONS}.")
    return f"words/{language}/{finding.key}" if is_text and language in state.languages else ""


def _fill_missing_texts(policy: Policy) -> Policy:
    """Gives each text that the facts ask for and nobody has written its key in brackets."""
    source = policy.facts.source_language
    texts = policy.words.get(source, {})
    missing = {key: f"⟨{key}⟩" for key in expected_word_keys(policy) - texts.keys()}
    return replace(policy, words={**policy.words, source: {**missing, **texts}}) if missing else policy


def _find_too_early(state: DraftState, first_day: date) -> list[Engagement]:
    return [
        engagement
        for engagement in state.policy.facts.engagements
        if engagement.first_day < first_day and notice_period.is_news(state.edition, state.policy, engagement)
    ]


def _legal_names(state: DraftState, engagements: Sequence[Engagement]) -> list[str]:
    return [state.policy.facts.entity(engagement.entity).legal_name for engagement in engagements]
