"""Every kind of change reads as a sentence in the reader's language, from the words of both releases."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from forecourt import i18n
from forecourt.policy.change_kinds import ChangeKind
from forecourt.policy.comparison import compare_policies
from forecourt.policy.edition import Edition
from forecourt.policy.localization import change_sentences
from forecourt.policy.localization.change_sentences import ChangeSentence
from forecourt.policy.localization.localized_edition import localize_release
from forecourt.policy.model import REGIONS, AiUse, Audience, Basis, Engagement, Facts, Location, Mechanism, Policy
from tests.policy.outputs.sample import editions
from tests.policy.page_samples import DAY, next_release, sample_release, second_edition, with_changes
from tests.policy.sample import LANGUAGES, policy, with_facts

SOON = date(2026, 12, 30)
SCC = Mechanism(Basis.SCC, "(EU) 2021/914")
EU_UK = (Audience.EU, Audience.UK)


def describe_all(after: Policy, locale: str = "en", before: Policy | None = None) -> list[ChangeSentence]:
    """What changed from the sample, or from `before`, to `after`."""
    one = replace(sample_release(), policy=before or policy())
    other = replace(one, number=2, policy=after)
    changes = compare_policies(one.policy, other.policy, DAY)
    return change_sentences.describe_changes(changes, localize_release(one, locale), localize_release(other, locale))


def sentences(after: Policy, locale: str = "en", before: Policy | None = None) -> list[tuple[ChangeKind, str]]:
    return [(each.kind, str(each.sentence)) for each in describe_all(after, locale, before)]


def without(engagement_id: str) -> Policy:
    facts = policy().facts
    return with_facts(replace(facts, engagements=tuple(each for each in facts.engagements if each.id != engagement_id)))


CASES: list[tuple[dict[str, dict[str, Any]], ChangeKind, str, str]] = [
    (
        {"linode_eu": {"locations": (Location("FR"),)}},
        ChangeKind.RELOCATED,
        "Moves from Germany to France.",
        "Flytter fra Tyskland til Frankrike.",
    ),
    (
        {"linode_eu": {"locations": (Location("DE", "eu"), Location("FR"))}},
        ChangeKind.RELOCATED,
        "Also in: France.",
        "Også i: Frankrike.",
    ),
    ({"linode_eu": {"entity": "aws"}}, ChangeKind.REPLACED, "Replaces Linode, LLC.", "Erstatter Linode, LLC."),
    (
        {"twilio": {"data": ("telephone", "account")}},
        ChangeKind.DATA_WIDENED,
        "Also processes: Account data. No longer: Call data and Recordings.",
        "Behandler også: Kontoopplysninger. Ikke lenger: Samtaledata og Opptak.",
    ),
    (
        {"twilio": {"subjects": ("agents", "callers", "writers")}},
        ChangeKind.DATA_WIDENED,
        "Also concerns: people who write to customers.",
        "Gjelder også: personer som skriver til kundene.",
    ),
    (
        {"twilio": {"ai": AiUse.TRAINING}},
        ChangeKind.PURPOSE_WIDENED,
        "Also used for: Training AI models on the data.",
        "Brukes også til: Trening av KI-modeller på opplysningene.",
    ),
    (
        {"twilio": {"purpose": "support"}},
        ChangeKind.PURPOSE_WIDENED,
        "Used for: Helping customers who ask for support. "
        "Before: Carrying telephone calls between customers and the people who call them.",
        "Brukes til: Hjelp til kunder som ber om støtte. "
        "Før: Formidling av telefonsamtaler mellom kundene og dem som ringer til dem.",
    ),
    (
        {"linode_eu": {"mechanism": SCC}},
        ChangeKind.MECHANISM_CHANGED,
        "Basis for transfer: Standard contractual clauses (SCC), (EU) 2021/914. Before: None needed.",
        "Overføringsgrunnlag: Standard personvernbestemmelser (SCC), (EU) 2021/914. Før: Ikke nødvendig.",
    ),
    (
        {"linode_eu": {"audiences": EU_UK}},
        ChangeKind.ADDED,
        "Also for customers in: United Kingdom.",
        "Også for kunder i: Storbritannia.",
    ),
    (
        {"twilio": {"audiences": EU_UK}},
        ChangeKind.REMOVED,
        "No longer for customers in: United States and Asia-Pacific.",
        "Ikke lenger for kunder i: USA og Asia-Stillehavsregionen.",
    ),
    (
        {"linode_eu": {"removed": date(2027, 3, 3)}},
        ChangeKind.REMOVED,
        "Ends on 3 March 2027.",
        "Avsluttes 3. mars 2027.",
    ),
    (
        {"linode_eu": {"effective": SOON}},
        ChangeKind.RESCHEDULED,
        "Takes effect on 30 December 2026 instead of 28 October 2019.",
        "Trer i kraft 30. desember 2026 i stedet for 28. oktober 2019.",
    ),
    (
        {"linode_eu": {"certificates": ("SOC 2",), "optional": True}},
        ChangeKind.CORRECTED,
        "Corrected: certificates and whether it is optional.",
        "Rettet: sertifikater og om den er valgfri.",
    ),
]


@pytest.mark.parametrize(("fields", "kind", "english", "norwegian"), CASES, ids=[each[2][:30] for each in CASES])
def test_a_change_reads_as_a_sentence(
    fields: dict[str, dict[str, Any]], kind: ChangeKind, english: str, norwegian: str
) -> None:
    after = with_changes(**fields)
    assert sentences(after) == [(kind, english)]
    assert sentences(after, "nb") == [(kind, norwegian)]


def test_what_is_new_says_what_where_which_data_and_for_whom() -> None:
    (description,) = describe_all(policy(), before=without("websupport"))
    assert (description.kind, description.title) == (ChangeKind.ADDED, "Websupport, s.r.o.: Servers")
    assert description.sentence == (
        "New: Running the servers that hold customers' accounts and service data. Where: Slovakia. "
        "Data: Account data, Messages and attachments and Contact details. For customers in: European Union."
    )


def test_what_is_gone_is_told_in_the_words_of_the_release_that_had_it() -> None:
    (description, *_) = describe_all(without("twilio"))
    assert (description.kind, description.title, description.sentence) == (
        ChangeKind.REMOVED,
        "Twilio, Inc.: Voice calls (VoIP)",
        "No longer used.",
    )
    assert (description.effective, description.deadline, description.regions) == (None, None, "All regions")


def test_an_end_can_be_moved_and_taken_back() -> None:
    ends = with_changes(linode_eu={"removed": date(2027, 3, 3)})
    later = with_changes(linode_eu={"removed": date(2027, 4, 4)})
    assert sentences(later, before=ends) == [(ChangeKind.RESCHEDULED, "Ends on 4 April 2027 instead of 3 March 2027.")]
    assert sentences(policy(), before=ends) == [
        (ChangeKind.RESCHEDULED, "Continues: the end that was announced for 3 March 2027 is cancelled.")
    ]


def test_a_company_that_moves_its_seat_is_no_replacement_of_itself() -> None:
    facts = policy().facts
    seated = tuple(replace(each, country="IE") if each.id == "twilio" else each for each in facts.entities)
    described_changes = sentences(with_facts(replace(facts, entities=seated)))
    assert described_changes[0] == (
        ChangeKind.REPLACED,
        "The company is registered in: Ireland. Before: United States.",
    )


def test_products_are_entered_and_left() -> None:
    words = {
        language: texts | {"product.chat": "Chat", "product.mail": "E-mail"}
        for language, texts in policy().words.items()
    }
    facts = replace(policy().facts, products=("chat", "mail"))
    every = replace(policy(), facts=facts, words=words)

    def only(*products: str) -> Policy:
        of = tuple(replace(each, products=products) if each.id == "twilio" else each for each in facts.engagements)
        return replace(every, facts=replace(facts, engagements=of))

    assert sentences(only("chat"), before=every) == [(ChangeKind.REMOVED, "Now only part of: Chat.")]
    assert sentences(every, before=only("chat")) == [(ChangeKind.ADDED, "Part of every product.")]
    assert sentences(only("mail"), before=only("chat")) == [
        (ChangeKind.ADDED, "Also part of: E-mail."),
        (ChangeKind.REMOVED, "No longer part of: Chat."),
    ]


def test_wording_names_the_languages_in_the_readers_own() -> None:
    words = {**policy().words, "nb": policy().words["nb"] | {"title": "Hvem som hjelper oss"}}
    assert sentences(replace(policy(), words=words)) == [
        (ChangeKind.WORDING, "The text has changed in: Norwegian Bokmål.")
    ]
    assert describe_all(replace(policy(), words=words), "nb")[0].title == "Hele siden"


def test_a_companys_details_are_named_by_the_company() -> None:
    facts = policy().facts
    entities = tuple(
        replace(entity, contact="dpo@example.com") if entity.id in ("linode", "websupport") else entity
        for entity in facts.entities
    )
    change, *others = describe_all(with_facts(replace(facts, entities=entities)), "en")
    assert (change.title, change.sentence) == (
        "Linode, LLC and Websupport, s.r.o.",
        "Company details updated: Linode, LLC and Websupport, s.r.o.",
    )
    assert others == []


@pytest.mark.parametrize(
    ("locale", "added", "gone"), [("en", "New:", "No longer used."), ("nb", "Ny:", "Brukes ikke lenger.")]
)
def test_a_company_that_comes_or_goes_with_its_service_is_told_once(locale: str, added: str, gone: str) -> None:
    facts = without("twilio").facts
    entities = tuple(entity for entity in facts.entities if entity.id != "twilio")
    without_company = with_facts(replace(facts, entities=entities))
    (addition,) = describe_all(policy(), locale, without_company)
    (removal,) = describe_all(without_company, locale)
    assert (addition.kind, removal.kind) == (ChangeKind.ADDED, ChangeKind.REMOVED)
    assert (str(addition.sentence).startswith(added), str(removal.sentence)) == (True, gone)


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("en", "Company details updated: Twilio, Inc."), ("nb", "Selskapsopplysninger oppdatert: Twilio, Inc.")],
)
def test_a_company_that_no_service_names_is_told_as_a_detail(locale: str, sentence: str) -> None:
    facts = without("twilio").facts
    without_company = with_facts(replace(facts, entities=tuple(e for e in facts.entities if e.id != "twilio")))
    assert sentences(with_facts(facts), locale, without_company) == [(ChangeKind.CORRECTED, sentence)]


def test_a_country_has_its_article_and_a_name_no_second_full_stop() -> None:
    moves = with_changes(linode_eu={"locations": (Location("NL"), Location("SE"))})
    assert describe_all(moves, "en")[0].sentence == "Moves from Germany to the Netherlands and Sweden."
    assert describe_all(moves, "nb")[0].sentence == "Flytter fra Tyskland til Nederland og Sverige."
    replaced = with_changes(websupport={"entity": "aws"})
    assert [sentence for _, sentence in sentences(replaced)] == ["Replaces Websupport, s.r.o."]


def test_a_word_that_is_not_translated_is_marked_inside_the_sentence() -> None:
    partly = {key: text for key, text in policy().words["nb"].items() if key != "data.account"}
    after = replace(with_changes(twilio={"data": ("call-data", "recordings", "telephone", "account")}))
    (description, *_) = describe_all(replace(after, words={"en": after.words["en"], "nb": partly}), "nb")
    assert description.sentence == "Behandler også: Account data."
    assert [(str(part), part.language) for part in description.sentence.parts] == [
        ("Behandler også: ", "nb"),
        ("Account data", "en"),
        (".", "nb"),
    ]


def test_what_calls_for_notice_comes_first_and_the_list_is_bounded() -> None:
    after = with_changes(
        aws_sg={"optional": True}, twilio={"locations": (Location("FR"),)}, websupport={"optional": True}
    )
    assert [each.kind for each in describe_all(after)] == [
        ChangeKind.RELOCATED,
        ChangeKind.CORRECTED,
        ChangeKind.CORRECTED,
    ]
    changes = compare_policies(policy(), after, DAY)
    one, other = (
        localize_release(sample_release(), "en"),
        localize_release(replace(sample_release(), policy=after), "en"),
    )
    assert [each.kind for each in change_sentences.describe_changes(changes, one, other, limit=2)] == [
        ChangeKind.RELOCATED,
        ChangeKind.CORRECTED,
    ]
    assert change_sentences.describe_changes(changes, one, other, Audience.APAC)[-1].engagement == "aws-sg"


def test_one_may_object_to_what_is_to_come_and_not_to_a_correction() -> None:
    after = with_changes(linode_eu={"locations": (Location("FR", "eu"),), "effective": SOON}, aws_sg={"optional": True})
    coming, corrected = describe_all(after)
    assert (coming.effective, coming.deadline) == (SOON, SOON)
    assert (corrected.effective, corrected.deadline) == (None, None)


def test_a_proposal_is_told_against_what_is_in_force() -> None:
    moves = with_changes(linode_eu={"locations": (Location("FR", "eu"),), "effective": SOON})
    later = replace(moves, facts=replace(moves.facts, updated=DAY))
    third = next_release(later, previous=next_release(moves))
    coming = change_sentences.describe_proposal(
        replace(second_edition(moves), edition=Edition(third, DAY, {1: sample_release()})),
        moves.facts.engagement("linode-eu"),
    )
    assert [str(each.sentence) for each in coming] == ["Moves from Germany to France."]


@pytest.mark.parametrize("language", i18n.shipped_locales())
def test_every_field_that_can_be_corrected_has_a_name(language: str) -> None:
    told_elsewhere = {"id", "locations_not_stated", "products", "removed"}
    fields_with_sentences = {each.name for each in fields(Engagement)} - told_elsewhere
    fields_with_sentences |= {each.name for each in fields(Facts)} - {"engagements", "updated"}
    assert fields_with_sentences <= i18n.words(language).under("policy.field.").keys()


def test_every_kind_of_change_has_a_name_and_a_teller() -> None:
    assert set(ChangeKind) == i18n.words("en").under("policy.change.").keys() == change_sentences._SENTENCES.keys()


@settings(deadline=None, max_examples=60)
@given(editions())
def test_whatever_changes_is_told_in_every_language(edition: Edition) -> None:
    after, before = edition.release, edition.earlier[1]
    changes = compare_policies(before.policy, after.policy, edition.day)
    english, norwegian = (
        change_sentences.describe_changes(
            changes, localize_release(before, locale), localize_release(after, locale), limit=len(changes)
        )
        for locale in LANGUAGES
    )
    assert [language_free(each) for each in english] == [language_free(each) for each in norwegian]
    assert all(each.title and each.sentence for each in (*english, *norwegian))
    assert all(each.regions == i18n.words("en")("policy.region.all") for each in english if not each.engagement)
    assert len(english) == len(changes)
    for region in REGIONS:
        concerned = change_sentences.describe_changes(
            changes, localize_release(before, "en"), localize_release(after, "en"), region, len(changes)
        )
        assert len(concerned) == sum(region in each.regions for each in changes)


def language_free(sentence: ChangeSentence) -> tuple[object, ...]:
    return sentence.kind, sentence.effective, sentence.deadline, sentence.engagement
