"""Checks the two levels of a policy: what each states, what is left out, and that raising it is an ordinary release."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings

from forecourt.errors import PolicyBroken
from forecourt.policy.compilation import CompiledRelease, compile_release
from forecourt.policy.edition import Edition
from forecourt.policy.files import folder_writer
from forecourt.policy.hosted import policy_page
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.merge_patch import apply_merge_patch, merge_patch
from forecourt.policy.model import (
    Audience,
    Basis,
    Engagement,
    Entity,
    Level,
    Location,
    Mechanism,
    Policy,
    Processor,
    Relation,
    Release,
)
from forecourt.policy.outputs import json_ld, markdown, policy_csv, policy_json
from forecourt.policy.outputs.release_changes import full_changes
from forecourt.policy.stated_facts import count_facts
from tests.policy.check.changed_policies import finding_names
from tests.policy.outputs.sample import ADDRESS, PAGES, next_edition, worded
from tests.policy.sample import edition, policy
from tests.policy.strategies import listed_policies

GAP = re.compile(r"\bNone\b|\b0001\b|\(\)|[Jj]anuary? 1\b")
"""Matches what is shown where a missing fact is written as if it were there."""
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def listed(**fields: Any) -> Policy:
    """Returns the least that can be published: one company, its purpose and where, and the words for that."""
    engagement = Engagement(
        **{"id": "north", "purpose": "hosting", "entity": "north", "kind": "list", "locations": (Location("DE"),)}
        | fields
    )
    facts = replace(
        policy().facts,
        level=Level.LISTED,
        notes=(),
        sections=("list",),
        processor=Processor("us"),
        entities=(Entity("north", "Northwind Hosting GmbH"), Entity("us", "Example AS")),
        engagements=(engagement,),
        source_date=None,
    )
    return Policy(facts, {"en": {"purpose.hosting": "Hosting of servers"}})


def stated() -> Policy:
    """Returns the same policy with every fact stated, and at the level `complete`."""
    facts = listed().facts
    engagement = replace(
        facts.engagements[0],
        service="servers",
        relation=Relation.THIRD_PARTY,
        audiences=(Audience.EU,),
        data=("account",),
        subjects=("customers",),
        mechanism=Mechanism(Basis.NONE),
        effective=date(2024, 1, 1),
    )
    details: dict[str, Any] = {"address": "1 Road", "country": "DE", "contact": "dpo@example.com"}
    entities = tuple(replace(entity, **details) for entity in facts.entities)
    processor = Processor("us", "Desk", "desk.example.com", "dpa@example.com")
    words = {
        **listed().words["en"],
        "title": "Subprocessors",
        "summary": "Ours.",
        "section.list.title": "List",
        "section.list.text": "All.",
        "table.list": "They host",
        "service.servers": "Servers",
        "data.account": "Account data",
        "subject.customers": "Customers",
    }
    complete = replace(facts, level=Level.COMPLETE, engagements=(engagement,), entities=entities, processor=processor)
    return Policy(complete, {"en": words})


def publish(of: Policy, *releases: Release) -> CompiledRelease:
    before = Edition(releases[-1], NOW.date(), {}) if releases else None
    return compile_release(before, "main", of, NOW)


def test_releases_of_before_there_were_levels_keep_their_hash() -> None:
    sealed = publish(policy())
    assert sealed.release.policy.facts.level is Level.COMPLETE
    assert sealed.release.sha256 == "800a49011d587006efc134112166edf634fd7a25a1ee63d5a49411093124b1fc"
    assert "level" not in msgspec.json.decode(sealed.content)["policy"]["facts"]


def test_a_listed_policy_needs_a_name_a_purpose_and_a_place() -> None:
    assert finding_names(listed()) == set()
    assert finding_names(listed(locations=())) == {"no-place engagements.north.locations"}
    assert finding_names(listed(locations=(), locations_not_stated=True)) == set()
    both = listed(locations_not_stated=True)
    assert finding_names(both) == {"contradicting-places engagements.north.locations_not_stated"}
    assert "blank engagements.north.purpose" in finding_names(listed(purpose=""))
    nameless = replace(listed().facts, entities=(Entity("north", ""), Entity("us", "Example AS")))
    assert "blank entities.north.legal_name" in finding_names(replace(listed(), facts=nameless))


def test_what_is_stated_is_right_at_either_level() -> None:
    wrong = listed(mechanism=Mechanism(Basis.NONE), locations=(Location("US"),))
    assert finding_names(wrong) == {"no-transfer-mechanism engagements.north.mechanism"}


def test_the_same_policy_is_refused_where_it_says_that_it_is_complete() -> None:
    claims_all = replace(listed(), facts=replace(listed().facts, level=Level.COMPLETE))
    names = finding_names(claims_all)
    assert {f"missing-fact engagements.north.{name}" for name in ("relation", "mechanism", "effective")} <= names
    assert {f"empty engagements.north.{name}" for name in ("audiences", "data", "subjects")} <= names
    assert {"blank entities.north.address", "blank processor.host", "missing-word title"} <= names
    with pytest.raises(PolicyBroken):
        publish(claims_all)
    undeclared = replace(stated().facts.engagements[0], locations=(), locations_not_stated=True)
    nowhere = replace(stated(), facts=replace(stated().facts, engagements=(undeclared,)))
    assert finding_names(nowhere) == {"empty engagements.north.locations"}


def test_missing_facts_are_counted() -> None:
    count = count_facts(listed().facts)
    assert (count.stated_count, count.total) == (4, 20)  # two names, a purpose and a place
    assert "entities.north.address" in count.missing
    complete = count_facts(stated().facts)
    assert complete.stated_count == complete.total == 20


def test_raising_the_level_is_a_release_that_calls_for_no_notice() -> None:
    first = publish(listed()).release
    second = publish(stated(), first)
    assert second.difference.changes
    assert second.difference.material_changes == ()
    assert second.release.effective_at == NOW.date()
    assert second.release.previous == first.sha256


def test_a_stated_fact_that_changes_calls_for_notice_at_either_level() -> None:
    first = publish(listed()).release
    with pytest.raises(PolicyBroken, match=r"engagements\.north\.effective: is missing; customers have to be told"):
        publish(listed(locations=(Location("FR"),)), first)
    announced = publish(listed(locations=(Location("FR"),), effective=date(2026, 12, 24)), first)
    assert [change.kind for change in announced.difference.material_changes] == ["relocated"]


def test_a_fact_cannot_be_taken_out_to_come_back_changed() -> None:
    first = publish(stated()).release
    lowered = replace(stated(), facts=replace(stated().facts, level=Level.LISTED))
    assert publish(lowered, first).difference.material_changes == ()
    without = replace(lowered.facts.engagements[0], mechanism=None)
    with pytest.raises(PolicyBroken, match=r"engagements\.north\.mechanism: release 1 states it"):
        publish(replace(lowered, facts=replace(lowered.facts, engagements=(without,))), first)


def test_a_listed_folder_reads_back_as_it_was_written(tmp_path: Any) -> None:
    from forecourt.policy.files import folder_reader

    folder_writer.write_files(folder_writer.to_files(listed(locations=(), locations_not_stated=True)), tmp_path)
    assert folder_reader.load_policy(tmp_path) == listed(locations=(), locations_not_stated=True)
    assert "address" not in (tmp_path / "facts.toml").read_text("utf-8")


def test_the_least_policy_reads_as_a_page_without_gaps() -> None:
    reading = LocalizedEdition(edition(listed()), "en")
    html = policy_page.render_fragment(reading, PAGES)
    headings = re.findall('<th scope="col" role="columnheader">(.*?)</th>', html)
    assert headings == ["Subprocessor", "Purpose", "Where", "Details"]
    assert not re.search("For customers in|Basis for transfer|Address and contact|Relation to us", html)
    table = markdown.encode_markdown(reading, PAGES).decode()
    assert "| Subprocessor | Purpose | Where |\n" in table
    heading, row = csv.reader(io.StringIO(policy_csv.encode_csv(reading).decode("utf-8-sig"), newline=""))
    assert all(row)
    assert "Address" not in heading
    document = msgspec.json.decode(policy_json.encode_policy(reading, ADDRESS))
    assert document["level"] == "listed"
    [engagement] = document["engagements"]
    assert not {"relation", "mechanism", "data", "subjects", "audiences", "effective", "service"} & engagement.keys()
    assert engagement["entity"].keys() == {"id", "legal_name", "illustrative"}


def test_a_place_that_is_declared_not_stated_is_said() -> None:
    reading = LocalizedEdition(edition(listed(locations=(), locations_not_stated=True)), "nb")
    for text in (
        policy_page.render_fragment(reading, PAGES),
        markdown.encode_markdown(reading, PAGES).decode(),
        policy_csv.encode_csv(reading).decode(),
    ):
        assert "Ikke oppgitt" in text


@settings(max_examples=60, deadline=None)
@given(listed_policies().flatmap(worded), listed_policies().flatmap(worded))
def test_whatever_is_missing_no_output_shows_a_gap(before: Policy, after: Policy) -> None:
    assume(not GAP.search(msgspec.json.encode([before, after]).decode()))  # a text may read like one
    latest = next_edition(before, after)
    for locale in ("en", "nb"):
        reading = LocalizedEdition(latest, locale)
        html = policy_page.render_fragment(reading, PAGES)
        texts = [html, markdown.encode_markdown(reading, PAGES).decode(), policy_csv.encode_csv(reading).decode()]
        changes = compile_changes(reading)
        for text in (*texts, str(json_ld.encode_json_ld(reading, PAGES)), changes):
            assert not GAP.search(text.replace("None needed", ""))
        assert not re.search(r"<dt>[^<]*</dt>\s*<dd>\s*</dd>|<li>\s*</li>", html)
        assert_no_empty_keys(msgspec.json.decode(policy_json.encode_policy(reading, ADDRESS))["engagements"])
    assert apply_merge_patch(before, merge_patch(before, after)) == after


def compile_changes(reading: LocalizedEdition) -> str:
    from forecourt.policy.comparison import compare_policies
    from forecourt.policy.localization.localized_edition import localize_release

    first, second = reading.edition.earlier[1], reading.release
    changes = compare_policies(first.policy, second.policy, second.published_at.date())
    described = full_changes(changes, localize_release(first, reading.locale), localize_release(second, reading.locale))
    return " ".join(f"{each.title}. {each.sentence}" for each in described)


def assert_no_empty_keys(engagements: list[dict[str, Any]]) -> None:
    names = {"service", "relation", "audiences", "locations", "data", "subjects", "mechanism", "effective"}
    for engagement in engagements:
        assert all(engagement[name] for name in names & engagement.keys())
        assert all(engagement["entity"].values()) or not engagement["entity"]["illustrative"]
