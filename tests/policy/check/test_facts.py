"""Checks that no release lacks a required fact (R1), and that facts agree with one another."""

import copy
import tomllib
from dataclasses import MISSING, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecourt import i18n
from forecourt.policy.files import folder_reader
from forecourt.policy.model import (
    Audience,
    Basis,
    Engagement,
    Entity,
    Location,
    Mechanism,
    Policy,
    Role,
    SubSubprocessor,
)
from tests.policy.check.changed_policies import find_findings, finding_names, with_engagement, with_entity, with_facts
from tests.policy.sample import FOLDER, break_sample, policy
from tests.policy.strategies import policies

ROW = "engagements.twilio"
SAMPLE: dict[str, Any] = tomllib.loads((FOLDER / "facts.toml").read_text("utf-8"))


def required_fields(kind: type[Entity] | type[Engagement]) -> set[str]:
    return {each.name for each in fields(kind) if each.default is MISSING} - {"id"}


PLACES = st.sampled_from(
    [(table, name, key) for table, kind in (("entities", Entity), ("engagements", Engagement))
     for name in SAMPLE[table] for key in required_fields(kind)]
)  # fmt: skip


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(PLACES, min_size=1, max_size=5, unique=True))
def test_whatever_required_fields_are_taken_out_each_is_named(
    tmp_path: Path, places: list[tuple[str, str, str]]
) -> None:
    facts = copy.deepcopy(SAMPLE)
    for table, name, key in places:
        del facts[table][name][key]
    folder = break_sample(tmp_path, "facts.toml")
    (folder / "facts.toml").write_text(tomli_w.dumps(facts), "utf-8")
    policy, findings = folder_reader.read_policy(folder)
    assert policy is None
    assert {finding.name for finding in findings} == {f"missing-fact {'.'.join(each)}" for each in places}


@given(policies())
def test_whatever_is_written_is_judged_and_never_crashes(any_policy: Policy) -> None:
    for finding in find_findings(any_policy, with_warnings=True):
        assert finding.rule
        assert all(finding.remedy(i18n.words(locale)) for locale in i18n.shipped_locales())


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"objection_until": date(2019, 10, 29)}, "dates {}.objection_until"),
        ({"removed": date(2019, 10, 28)}, "dates {}.removed"),
        ({"chain": (SubSubprocessor("Carrier, Inc.", "UK"),)}, "unknown-country {}.chain.0.country"),
        ({"chain": (SubSubprocessor(" ", "US"),)}, "blank {}.chain.0.legal_name"),
        ({"chain_link": "http://twilio.example/sub"}, "no-link {}.chain_link"),
        ({"chain_link": "https://"}, "no-link {}.chain_link"),
        ({"chain_link": 'https://twilio.example/"x'}, "no-link {}.chain_link"),
        ({"products": ("desk",)}, "unknown-product {}.products"),
        ({"kind": "Voice calls"}, "no-key {}.kind"),
        ({"audiences": ()}, "empty {}.audiences"),
        ({"audiences": (Audience.EU, Audience.EU)}, "repeated {}.audiences"),
        ({"data": ("telephone", "telephone")}, "repeated {}.data"),
        ({"locations": ()}, "empty {}.locations"),
        ({"locations": (Location("US"), Location("US"))}, "repeated {}.locations"),
        ({"locations": (Location("US", ""),)}, "no-key {}.locations.0.place"),
        ({"certificates": ("ISO 27001", "")}, "blank {}.certificates.1"),
        ({"mechanism": Mechanism(Basis.SCC)}, "no-document {}.mechanism.document"),
        ({"mechanism": Mechanism(Basis.SCC, "javascript:alert(1)")}, "no-link {}.mechanism.document"),
        ({"mechanism": Mechanism(Basis.SCC, "http://twilio.example/scc")}, "no-link {}.mechanism.document"),
        ({"mechanism": Mechanism(Basis.SCC, "a\u202eb")}, "unprintable {}.mechanism.document"),
        ({"mechanism": Mechanism(Basis.NONE)}, "no-transfer-mechanism {}.mechanism"),
        ({"entity": "nobody"}, "unknown-entity {}.entity"),
    ],
)
def test_a_fault_of_an_engagement_is_named(values: dict[str, Any], name: str) -> None:
    assert name.format(ROW) in finding_names(with_engagement("twilio", **values))


def test_what_agrees_stands() -> None:
    changed_policy = with_engagement(
        "twilio",
        objection_until=date(2019, 10, 28),
        removed=date(2019, 10, 29),
        chain=(SubSubprocessor("Carrier, Inc.", "GB"),),
        chain_link="https://twilio.example/subprocessors?as=list#top",
        mechanism=Mechanism(Basis.DPF, "https://www.dataprivacyframework.gov/"),
        certificates=("ISO 27001",),
    )
    assert finding_names(changed_policy) == set()


def test_data_that_is_only_reached_from_a_country_is_transferred_to_it() -> None:
    locations = (Location("DE", role=Role.STORAGE), Location("IN", role=Role.ACCESS))
    changed_policy = with_engagement("websupport", locations=locations)
    assert "no-transfer-mechanism engagements.websupport.mechanism" in finding_names(changed_policy)
    assert (
        finding_names(with_engagement("websupport", changed_policy, mechanism=Mechanism(Basis.SCC, "(EU) 2021/914")))
        == set()
    )


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"legal_name": "Linode,\nLLC"}, "unprintable entities.linode.legal_name"),
        ({"legal_name": "Lin\u200bode, LLC"}, "unprintable entities.linode.legal_name"),
        ({"address": " "}, "blank entities.linode.address"),
        ({"country": "EU"}, "unknown-country entities.linode.country"),
        ({"contact": "privacy@linode.example, me@linode.example"}, "no-mail-address entities.linode.contact"),
        ({"illustrative": ("fax",)}, "unknown-field entities.linode.illustrative"),
    ],
)
def test_a_fault_of_an_entity_is_named(values: dict[str, Any], name: str) -> None:
    assert name in finding_names(with_entity("linode", **values))


@pytest.mark.parametrize("days", [-1, 366])
def test_a_notice_period_is_of_this_world(days: int) -> None:
    assert finding_names(with_facts(notice_days=days)) == {"notice-days notice_days"}


@pytest.mark.parametrize("days", [0, 365])
def test_a_notice_period_of_no_day_and_of_a_year_stand(days: int) -> None:
    assert finding_names(with_facts(notice_days=days)) == set()


def test_products_are_keys_with_words() -> None:
    changed_policy = with_facts(products=("Help Desk", "chat", "chat"))
    assert {"no-key products", "repeated products", "missing-word product.chat"} <= finding_names(changed_policy)


def test_an_entity_that_stands_twice_is_told() -> None:
    twice = (*policy().facts.entities, policy().facts.entities[0])
    assert "repeated entities" in finding_names(with_facts(entities=twice))


def test_where_objections_go_is_a_mail_address() -> None:
    processor = replace(policy().facts.processor, objections="privacy at quality unit")
    assert "no-mail-address processor.objections" in finding_names(with_facts(processor=processor))
