"""Checks that a proposal is shown as proposed, with its deadline and a countdown, and never as in use (R3)."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience, Location, Policy, Role, SubSubprocessor
from forecourt.policy.outputs import markdown
from tests.policy.markup import ParsedPage, parse_page
from tests.policy.page_samples import DAY, document, fragment, second_edition, with_changes
from tests.policy.sample import LANGUAGES, policy, with_facts

EFFECT = date(2026, 12, 30)
DEADLINE = date(2026, 12, 17)
MOVES = with_changes(linode_eu={"locations": (Location("FR", "eu"),), "effective": EFFECT, "objection_until": DEADLINE})
ENDS = with_changes(linode_us={"removed": date(2027, 3, 3)})


def new() -> Policy:
    facts = policy().facts
    mail = replace(
        facts.engagement("twilio"), id="zz-mail", effective=EFFECT, locations=(Location("FR", role=Role.BACKUP),)
    )
    return with_facts(replace(facts, engagements=(*facts.engagements, mail)))


def block(edition: LocalizedEdition, is_today: bool = True) -> str:
    """The HTML of the proposals alone."""
    parsed = re.search(r'<section class="fc-proposals".*?</section>', fragment(edition, is_today), re.DOTALL)
    return parsed[0] if parsed else ""


def parse_proposals(edition: LocalizedEdition, is_today: bool = True) -> ParsedPage:
    return parse_page(block(edition, is_today))


def test_a_page_without_proposals_has_no_block_for_them() -> None:
    assert block(second_edition(ENDS)) == ""


def test_a_proposal_says_what_changes_since_when_it_is_announced_and_until_when_to_object() -> None:
    text = parse_proposals(second_edition(MOVES)).text
    assert "Linode, LLC: Servers Moves from Germany to France." in text
    assert "For customers in: European Union." in text
    assert "23 days left to object, until 17 December 2026. Takes effect in 36 days, on 30 December 2026." in text
    assert "Announced on 24 November 2026." in text


def test_a_region_is_named_also_where_a_country_has_its_name() -> None:
    moves = with_changes(linode_uk={"locations": (Location("IE"),), "effective": EFFECT})
    text = parse_proposals(second_edition(moves, "nb")).text
    assert "Flytter fra Storbritannia til Irland. For kunder i: Storbritannia." in text
    assert (
        "For kunder i: Storbritannia."
        in markdown.encode_markdown(second_edition(moves, "nb"), "https://a.example").decode()
    )


def test_a_region_is_named_once() -> None:
    assert parse_proposals(second_edition(new())).text.count("For customers in: ") == 1


def test_a_proposal_speaks_the_readers_language() -> None:
    text = parse_proposals(second_edition(MOVES, "nb")).text
    assert "Flytter fra Tyskland til Frankrike." in text
    assert "23 dager igjen til å komme med innvendinger, til og med 17. desember 2026." in text
    assert "Trer i kraft om 36 dager, 30. desember 2026." in text


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 12, 16), "1 day left to object, until 17 December 2026."),
        (date(2026, 12, 17), "Today, 17 December 2026, is the last day to object."),
        (date(2026, 12, 18), "The time to object ended on 17 December 2026."),
        (date(2026, 12, 29), "Takes effect in 1 day, on 30 December 2026."),
    ],
)
def test_the_countdown_counts_whole_days(day: date, expected: str) -> None:
    assert expected in parse_proposals(second_edition(MOVES, day=day)).text


def test_one_may_object_until_the_deadline_and_not_after() -> None:
    address = "https://forecourt.example/main/en/objection?engagement=linode-eu"
    assert address in parse_proposals(second_edition(MOVES, day=DEADLINE)).links
    assert parse_proposals(second_edition(MOVES, day=DEADLINE + timedelta(days=1))).links == []


def test_on_the_day_it_takes_effect_the_proposal_is_gone_and_the_row_is_changed() -> None:
    before, after = (
        parse_page(fragment(second_edition(MOVES, day=day))) for day in (EFFECT - timedelta(days=1), EFFECT)
    )
    assert "Germany European Union * Changes on 30 December 2026" in before.rows["linode"][2]
    assert "Changes on 30 December 2026 Where Germany" in before.places["linode-eu"]
    assert "France European Union Singapore" in after.rows["linode"][2]
    assert "Changes on" not in after.text
    assert block(second_edition(MOVES, day=EFFECT)) == ""


def test_what_is_new_stands_in_the_table_as_proposed_only() -> None:
    parsed = parse_page(fragment(second_edition(new())))
    assert parsed.rows["twilio"][2] == "United States * France Proposed: from 30 December 2026 "
    assert "Proposed: from 30 December 2026 Where France backup" in parsed.places["zz-mail"]
    assert "New: Carrying telephone calls" in parse_proposals(second_edition(new())).text
    assert "Proposed" not in parse_page(fragment(second_edition(new(), day=EFFECT))).text


def test_prose_names_no_country_that_is_only_proposed() -> None:
    sentence = "The production systems stand in co-location facilities in these countries: "
    today, then = (
        parse_page(fragment(second_edition(MOVES, day=day))).text.partition(sentence)[2] for day in (DAY, EFFECT)
    )
    assert today.startswith("Germany, Singapore")
    assert then.startswith("France, Singapore")


def test_a_reader_elsewhere_sees_only_the_proposals_of_their_region() -> None:
    assert block(second_edition(MOVES, region=Audience.US)) == ""
    assert 'id="fc-proposal-linode-eu"' in block(second_edition(MOVES, region=Audience.EU))


def test_a_page_of_another_day_gives_dates_and_counts_none() -> None:
    parsed = parse_proposals(second_edition(MOVES), is_today=False)
    assert "Objections until 17 December 2026. Takes effect on 30 December 2026." in parsed.text
    assert " left " not in parsed.text
    assert parsed.links == []


def test_an_announced_end_is_said_in_its_row() -> None:
    parsed = parse_page(fragment(second_edition(ENDS)))
    assert "United States Ends on 3 March 2027" in parsed.rows["linode"][2]
    assert "Ends on 3 March 2027" in parsed.places["linode-us"]
    assert "linode-us" not in parse_page(fragment(second_edition(ENDS, day=date(2027, 3, 3)))).places


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_emergency_shows_its_reason_in_the_language_it_was_written_in(language: str) -> None:
    soon = with_changes(linode_eu={"locations": (Location("FR", "eu"),), "effective": DAY})
    html = document(second_edition(soon, language, emergency="Flooded <b>hall</b>"))
    mark = "" if language == "en" else ' lang="en" dir="ltr"'
    assert f"<bdi{mark}>Flooded &lt;b&gt;hall&lt;/b&gt;</bdi>" in html
    assert "fc-emergency" not in document(second_edition(MOVES, language))


def test_secondary_facts_stand_in_their_cells() -> None:
    proposed = with_changes(
        aws_us={
            "certificates": ("ISO 27001", "SOC 2"),
            "chain": (SubSubprocessor("Deep Storage GmbH", "DE"),),
            "chain_link": "https://aws.example/below",
            "optional": True,
        }
    )
    parsed = parse_page(fragment(second_edition(proposed)))
    details = parsed.rows["aws"][4]
    assert "Its own subprocessors Deep Storage GmbH (Germany)" in " ".join(details.replace("( ", "(").split())
    assert "Optional: used only where you turn it on" in details
    assert "Third party" in details
    assert "Certificates ISO 27001, SOC 2" in details
    assert "https://aws.example/below" in parsed.links
