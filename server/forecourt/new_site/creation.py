"""Creates what a site needs, step by step. What is there already is kept, so that it can be run again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from forecourt.errors import PolicyBroken
from forecourt.new_site.answers import SiteAnswers
from forecourt.new_site.page_source import open_source
from forecourt.new_site.policy_folder import NewPolicy, import_policy, write_empty_policy, write_sample_policy
from forecourt.new_site.privacy_template import write_privacy_policy
from forecourt.policy.check import Finding
from forecourt.policy.check.finding import FACTS_FILE
from forecourt.policy.files import folder_reader, folder_writer
from forecourt.policy.importing.import_file import read_purpose_question
from forecourt.policy.importing.imported_policy import is_sure
from forecourt.policy.importing.page import UnplacedContent
from forecourt.policy.importing.tables.purpose_column import PurposeQuestion
from forecourt.policy.stated_facts import FactCount, count_listed_facts
from forecourt.settings.server import Settings

SAMPLE_SOURCE = "sample"
"""Stands for the sample where a policy is imported from."""

ChooseColumn = Callable[[PurposeQuestion], str | None]
"""Answers with the heading below which a page says the purpose: blank for none, None where import is to guess."""


@dataclass
class Creation:
    """Collects what was written and what was there already, by path."""

    wrote: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PolicyState:
    """Says how far a policy folder is from being published: its grave findings, and its facts where it is listed."""

    faults: tuple[Finding, ...]
    fact_count: FactCount | None
    draft: NewPolicy

    @property
    def purpose_question(self) -> PurposeQuestion | None:
        return self.draft.imported.purpose_question if self.draft.imported else None

    @property
    def notes(self) -> Iterator[str]:
        """Yields what somebody has to look at."""
        result = self.draft.imported
        contents: tuple[UnplacedContent, ...] = (*result.assumed, *result.unplaced) if result else ()
        yield from (str(each) for each in contents if not is_sure(each))
        for engagement in self.draft.places_not_stated:
            yield f"engagements.{engagement}: no country was read, so its place is declared not stated"


def create_policy(
    settings: Settings, answers: SiteAnswers, source: str, creation: Creation, choose_column: ChooseColumn
) -> PolicyState:
    """Writes the policy folder where there is none, from `source`: a file, an address, "sample", or blank for none.

    `choose_column` is asked where the page does not say which of its columns has the purpose, and no answer does.
    Raises `PolicyBroken` where the folder holds something else or the page cannot be imported, and `FetchRefused`.
    """
    folder = settings.sites[answers.site].policy
    draft = NewPolicy()
    if (folder / FACTS_FILE).exists():
        creation.kept.append(str(folder))
    else:
        folder_writer.refuse_foreign_folder(folder)
        draft = _write_policy(folder, answers, source, settings.allow_private_webhooks, choose_column)
        creation.wrote += [str(folder / name) for name in draft.wrote]
    policy, findings = folder_reader.read_policy(folder)
    grave = tuple(finding for finding in findings if finding.grave)
    return PolicyState(grave, count_listed_facts(policy.facts) if policy else None, draft)


def _write_policy(
    folder: Path, answers: SiteAnswers, source: str, allow_private: bool, choose_column: ChooseColumn
) -> NewPolicy:
    if source == SAMPLE_SOURCE:
        return write_sample_policy(folder)
    if not source:
        return write_empty_policy(folder, answers)
    with open_source(source, allow_private) as file:
        try:
            if answers.purpose_column is None and (question := read_purpose_question(file, answers.language)):
                answers = replace(answers, purpose_column=choose_column(question))
            return import_policy(folder, file, answers)
        except PolicyBroken as error:  # which names the copy of a page that was fetched
            raise PolicyBroken([sentence.replace(str(file), source) for sentence in error.sentences]) from error


def create_privacy_policy(settings: Settings, site: str, creation: Creation) -> None:
    folder = settings.sites[site].privacy_policy
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    creation.kept += [str(folder / name) for name in sorted(names)]
    creation.wrote += [str(folder / name) for name in write_privacy_policy(settings, site)]
