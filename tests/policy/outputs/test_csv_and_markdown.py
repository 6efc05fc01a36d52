"""Checks the list as CSV and Markdown: it is complete, has the same facts in every language, and escapes every text."""

import csv
import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from forecourt import i18n
from forecourt.policy.edition import Edition
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience, EngagementStatus, Policy, Relation
from forecourt.policy.outputs import markdown, policy_csv
from forecourt.web.csv_response import escape_formula
from tests.policy.markup import parse_page
from tests.policy.outputs.sample import DEADLINE, EFFECT, END, PAGES, editions, hostile, next_edition, upcoming_edition
from tests.policy.sample import LANGUAGES, localized_sample, policy, with_engagement

FACTS = ("id", "entity", "address", "seat", "contact", "countries", "document", "certificates", "chain_link")
DAYS = ("effective", "objection_until", "removed", "change_effective", "change_deadline")
_MARKDOWN = MarkdownIt("commonmark").enable("table")


def rows(edition: LocalizedEdition) -> list[dict[str, str]]:
    """By column, whatever the language calls it."""
    heading, *others = csv.reader(
        io.StringIO(policy_csv.encode_csv(edition).decode("utf-8-sig"), newline=""), strict=True
    )
    assert len(heading) == len(set(heading)) == len(policy_csv.COLUMNS)
    return [dict(zip(policy_csv.COLUMNS, row, strict=True)) for row in others]


def page(edition: LocalizedEdition) -> str:
    return markdown.encode_markdown(edition, f"{PAGES}/{edition.locale}/releases/1").decode()


def cells(edition: LocalizedEdition) -> list[str]:
    """Each row of each table as the text of its cells, parted by a tab."""
    tokens = _MARKDOWN.parse(page(edition))
    lines: list[str] = []
    for position, token in enumerate(tokens):
        if token.type == "tr_open":
            lines.append("")
        if token.type in ("td_open", "th_open"):
            lines[-1] += tokens[position + 1].content + "\t"
    return lines


@settings(max_examples=50, deadline=None)
@given(editions())
def test_all_languages_of_the_csv_carry_the_same_facts(edition: Edition) -> None:
    one, other = (
        [[row[name] for name in (*FACTS, *DAYS, "illustrative")] for row in rows(LocalizedEdition(edition, language))]
        for language in LANGUAGES
    )
    assert one == other
    assert [row[0] for row in one] == [each.engagement.id for each in edition.entries]


@settings(max_examples=50, deadline=None)
@given(editions())
def test_all_languages_of_the_markdown_have_the_same_rows(edition: Edition) -> None:
    one, other = (cells(LocalizedEdition(edition, language)) for language in LANGUAGES)
    assert {row.count("\t") for row in (*one, *other)} <= {7}
    for lines in (one, other):
        assert sum(row.startswith("**") for row in lines) == len(edition.entries)


def test_the_csv_is_made_for_a_spreadsheet() -> None:
    encoded = policy_csv.encode_csv(localized_sample("nb"))
    assert encoded.startswith("\ufeffId,Status,Underdatabehandler,".encode())
    assert encoded.count(b"\r\n") == encoded.count(b"\n") == len(policy().facts.engagements) + 1
    assert b'"Linode, LLC"' in encoded


def test_a_row_says_all_there_is_to_say() -> None:
    row = next(each for each in rows(localized_sample("en")) if each["id"] == "aws-us")
    assert row["entity"] == "Amazon Web Services, LLC"
    assert row["countries"] == "US"
    assert row["locations"].startswith("United States, Northern California")
    assert row["data"] == "Account data; Messages and attachments; Contact details"
    assert (row["mechanism"], row["document"]) == ("EU–US Data Privacy Framework (DPF)", "(EU) 2023/1795")
    assert (row["status"], row["optional"], row["relation"]) == ("In force", "no", "Third party")
    assert "entity.address" in row["illustrative"]


def test_what_is_to_come_stands_in_its_row() -> None:
    rows_by_id = {row["id"]: row for row in rows(upcoming_edition("en"))}
    moving, new, ending = (rows_by_id[each] for each in ("linode-eu", "twilio-two", "linode-sg"))
    assert (moving["countries"], moving["change_effective"]) == ("DE", EFFECT.isoformat())
    assert moving["change_deadline"] == DEADLINE.isoformat()
    assert moving["change"] == "Moves from Germany to France."
    assert (new["status"], new["effective"]) == ("Proposed", EFFECT.isoformat())
    assert (ending["status"], ending["removed"]) == ("Ending", END.isoformat())


def test_both_keep_to_the_region() -> None:
    edition = localized_sample("en", Audience.UK)
    assert [row["id"] for row in rows(edition)] == ["linode-uk", "qu-llc", "qu-ukraine", "twilio"]
    assert "Websupport" not in page(edition)
    assert "Shown for customers in: United Kingdom" in page(edition)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1+1", '=HYPERLINK("x")']
)
def test_a_spreadsheet_runs_nothing(cell: str) -> None:
    assert escape_formula(cell) == f"'{cell}"
    edition = localized_sample("en", of=with_engagement("twilio", chain_link=cell))
    assert next(row for row in rows(edition) if row["id"] == "twilio")["chain_link"] == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Linode, LLC", "2019-10-28", "a=b", "1-2", "'quoted"])
def test_what_is_no_formula_is_left_alone(cell: str) -> None:
    assert escape_formula(cell) == cell


def test_hostile_words_break_out_of_no_cell() -> None:
    edition = localized_sample("en", of=hostile())
    assert len(rows(edition)) == len(policy().facts.engagements)
    assert {row.count("\t") for row in cells(edition)} == {7}


def test_hostile_words_are_text_wherever_the_markdown_is_read() -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(page(localized_sample("en", of=hostile())))
    parsed = parse_page(f"<div>{html}</div>")
    assert not {"img", "script", "svg"} & set(parsed.tags)
    assert not {"onerror", "src"} & parsed.attributes
    assert all(re.match(r"https://|mailto:", link) for link in parsed.links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_markdown_is_the_whole_page(language: str) -> None:
    edition, text = localized_sample(language), page(localized_sample(language))
    assert text.startswith(f"# {edition.text('title')}\n\n")
    assert released_in(text) == edition.release.sha256
    for section in edition.facts.sections:
        assert f"## {edition.text(f'section.{section}.title')}\n" in text
    assert f"<{PAGES}/{language}/releases/1>" in text
    assert "Linode, LLC" in text


def released_in(text: str) -> str:
    match = re.search("`([0-9a-f]{64})`", text)
    assert match
    return match[1]


def test_the_markdown_tells_what_is_announced() -> None:
    text = page(upcoming_edition("en"))
    assert "## Announced changes" in text
    assert "Moves from Germany to France. For customers in: European Union. Takes effect on 1 Feb" in text
    assert "on 1 February 2027. Objections until 15 January 2027." in text
    assert "**Linode, LLC** · Changes on 1 February 2027" in text
    assert "**Twilio, Inc.** · Proposed: from 1 February 2027" in text
    assert "## Announced changes" not in page(localized_sample("en"))


def test_what_will_be_of_another_kind_goes_on_standing_in_a_table() -> None:
    moved = with_engagement("twilio", kind="infrastructure", effective=EFFECT)
    sections = tuple(each for each in moved.facts.sections if each != "voice")
    edition = LocalizedEdition(
        next_edition(policy(), replace(moved, facts=replace(moved.facts, sections=sections))), "en"
    )
    assert any("Twilio, Inc." in row and "Voice calls" in row for row in cells(edition))


def test_the_markdown_says_what_is_not_translated() -> None:
    bare = localized_sample("nb", of=Policy(policy().facts, {"en": policy().words["en"]}))
    assert "# Subprocessors" in page(bare)
    assert "engelsk" in page(bare)
    assert "engelsk" not in page(localized_sample("nb"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_and_relation_has_its_words(language: str) -> None:
    for relation in Relation:
        edition = localized_sample(language, of=with_engagement("twilio", relation=relation))
        relations = {row["id"]: row["relation"] for row in rows(edition)}
        assert relations["twilio"] == i18n.words(language)(f"policy.relation.{relation}")
    assert {row["status"] for row in rows(upcoming_edition(language))} == {
        i18n.words(language)(f"policy.state.{status}")
        for status in (EngagementStatus.ACTIVE, EngagementStatus.PROPOSED, EngagementStatus.RETIRING)
    }
