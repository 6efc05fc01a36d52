"""The faults of the page this project grew from: each is found by name, and the sample has none of them."""

from dataclasses import replace
from pathlib import Path

from forecourt.policy.files import folder_reader
from forecourt.policy.importing.import_file import import_into
from forecourt.policy.model import Location, SubSubprocessor, Term
from tests.policy.check.changed_policies import (
    files_and_names,
    find_findings,
    finding_names,
    with_engagement,
    with_entity,
    with_facts,
    with_language,
    with_words,
)
from tests.policy.sample import FOLDER, break_sample, policy

PAGE = Path(__file__).parents[1] / "importing" / "pages" / "faults.en.html"
SUPPORT = "section.support.text"
SERVERS_TEXT = "section.infrastructure.text"


def test_the_sample_is_clean() -> None:
    assert find_findings(policy(), with_warnings=True) == []


def test_the_page_itself_is_judged_while_its_draft_lacks_facts(tmp_path: Path) -> None:
    import_into(tmp_path / "draft", PAGE, "en")
    (tmp_path / "draft" / "glossary.toml").write_text((FOLDER / "glossary.toml").read_text("utf-8"), "utf-8")
    policy, findings = folder_reader.read_policy(tmp_path / "draft")
    assert policy is None
    assert "missing-fact engagements.servers-eu.entity" in {finding.name for finding in findings}
    assert {finding.name for finding in findings if finding.rule != "missing-fact"} == {
        "contradicting-prose section.infrastructure.text",
        "forbidden-term section.what-a-sub-processor-is.title",
        "personal-mailbox entities.quality-unit.contact",
        "personal-mailbox section.support.text",
        "presumed-consent section.what-a-sub-processor-is.text",
    }


# The company's legal name, translated.


def test_a_legal_name_translated_where_the_source_has_it_by_placeholder() -> None:
    text = policy().words["nb"][SUPPORT].replace("{processor}", "Kvalitetsenheten, s. r. o.")
    assert ("words/nb.toml", f"translated-name {SUPPORT}") in files_and_names(with_words("nb", {SUPPORT: text}))


def test_a_legal_name_translated_where_the_source_writes_it_out() -> None:
    changed_policy = with_words("en", {"section.voice.text": "Calls are carried by Twilio, Inc. for {service}."})
    policy_with_name = with_words(
        "nb", {"section.voice.text": "Twilio, Inc. formidler samtaler for {service}."}, changed_policy
    )
    lost = with_words("nb", {"section.voice.text": "Tvillingen AS formidler samtaler for {service}."}, changed_policy)
    assert finding_names(policy_with_name) == set()
    assert files_and_names(lost) == {("words/nb.toml", "translated-name section.voice.text")}


def test_a_legal_name_that_takes_an_ending_is_not_translated() -> None:
    changed_policy = with_words("en", {"section.voice.text": "Calls in {service} go through Twilio."})
    assert (
        finding_names(
            with_language("fi", {"section.voice.text": "Puhelut kulkevat {service}: Twilion kautta."}, changed_policy)
        )
        == set()
    )
    chinese = with_language("zh-Hans", {"section.voice.text": "{service}的通话由Twilio承载。"}, changed_policy)
    assert finding_names(chinese) == set()


# Three words for "subprocessor" in one language.


def test_three_words_for_one_term_are_two_too_many() -> None:
    changed_policy = with_words(
        "nb",
        {
            "section.kinds.title": "Flere typer underdatabehandlere",
            "section.meaning.title": "Hva en underbehandler er",
            "section.selection.title": "Hvordan subprosessorene velges",
        },
    )
    assert files_and_names(changed_policy) == {
        ("words/nb.toml", "forbidden-term section.meaning.title"),
        ("words/nb.toml", "forbidden-term section.selection.title"),
    }
    assert any("'underdatabehandler'" in str(finding) for finding in find_findings(changed_policy))


# Cells of a table, run together.


def test_a_service_run_into_the_entity_of_its_row() -> None:
    changed_policy = with_entity("linode", legal_name="ServersLinode, LLC")
    assert finding_names(changed_policy) == {"run-together entities.linode.legal_name"}


def test_an_entity_run_into_the_service_of_its_row() -> None:
    changed_policy = with_entity("linode", legal_name="Linode, LLCServere")
    assert finding_names(changed_policy) == {"run-together entities.linode.legal_name"}


def test_a_service_and_an_entity_run_together_in_the_words() -> None:
    for text in ("ServereLinode, LLC", "ServereLinode", "LinodeServere", "Linode, LLCServere", "VoIPTwilio"):
        assert finding_names(with_words("nb", {"service.servers": text})) == {"run-together service.servers"}, text


# A row with no entity.


def test_a_row_with_no_entity(tmp_path: Path) -> None:
    row = '[engagements.ireland]\nservice = "servers"\npurpose = "hosting"\nkind = "infrastructure"\n'
    row += 'relation = "third_party"\naudiences = ["EU"]\nlocations = [{ country = "IE" }]\ndata = ["account"]\n'
    row += 'subjects = ["agents"]\nmechanism = { kind = "none" }\neffective = 2019-10-28\n\n[engagements.twilio]'
    _, findings = folder_reader.read_policy(break_sample(tmp_path, "facts.toml", ("[engagements.twilio]", row)))
    assert [finding.name for finding in findings] == ["missing-fact engagements.ireland.entity"]


# Locations translated by half.


def test_locations_translated_by_half() -> None:
    for text in ("European Union", "EU og United States", "Northern Kalifornia"):
        assert files_and_names(with_words("nb", {"place.eu": text})) == {
            ("words/nb.toml", "half-translated-place place.eu")
        }, text


def test_a_place_of_the_same_name_in_both_languages_is_translated() -> None:
    for text in ("Singapore", "Norden", "Den europeiske union", "Europa"):
        assert finding_names(with_words("nb", {"place.eu": text})) == set(), text
    changed_policy = with_language("fil", {"section.voice.title": "Tawag", "place.eu": "United Kingdom"})
    assert finding_names(changed_policy) == set()


# A spelling of an entity that is not its row's.


def test_another_spelling_of_an_entity_in_the_words() -> None:
    spellings = (
        "Web Support", "WebSupport", "Websupport s.r.o.", "Websupport, s. r. o.", "Websupport, LLC", "Twillio, Inc.",
        "Tvilio", "Amazon WebServices, LLC", "Quality-Unit Ukraine", "LINODE",
    )  # fmt: skip
    for spelling in spellings:
        changed_policy = with_words("en", {"section.kinds.text": f"Our servers run at {spelling} and elsewhere."})
        assert finding_names(changed_policy) == {"two-spellings section.kinds.text"}, spelling


def test_the_spelling_of_a_row_and_words_like_it_stand() -> None:
    spellings = (
        "Websupport, s.r.o.", "Websupport,\N{NO-BREAK SPACE}s.r.o.", "Linode's", "Linodes", "Quality Unit, LLC",
        "Quality Unit", "Quality Unit Ukraine", "Amazon", "web support", "a quality unit", "https://WebSupport.example/",
    )  # fmt: skip
    for spelling in spellings:
        changed_policy = with_words("en", {"section.kinds.text": f"Our servers run at {spelling}."})
        assert finding_names(changed_policy) == set(), spelling


def test_one_entity_in_two_rows() -> None:
    changed_policy = with_entity("twilio", legal_name="Linode LLC")
    assert finding_names(changed_policy) == {"two-spellings entities.twilio.legal_name"}


def test_an_entity_spelled_otherwise_in_a_chain() -> None:
    changed_policy = with_engagement("twilio", chain=(SubSubprocessor("Linode LLC", "US"),))
    assert finding_names(changed_policy) == {"two-spellings engagements.twilio.chain.0.legal_name"}
    assert finding_names(with_engagement("twilio", chain=(SubSubprocessor("Linode, LLC", "US"),))) == set()


# Prose that contradicts the table.


def test_a_list_of_countries_that_leaves_out_one_of_the_table() -> None:
    changed_policy = with_words(
        "en", {SERVERS_TEXT: "The systems stand in the United States and Europe. {infrastructure_regions}."}
    )
    of_prose = [finding for finding in find_findings(changed_policy) if finding.rule == "contradicting-prose"]
    assert [finding.name for finding in of_prose] == [f"contradicting-prose {SERVERS_TEXT}"]
    assert "Singapore" in str(of_prose[0])
    assert "{infrastructure_countries}" in str(of_prose[0])


def test_a_country_in_the_prose_that_is_in_no_row() -> None:
    for text in ("Data may go to Brazil.", "Data may go to Ireland.", "Data may go to Europe, and to India."):
        changed_policy = with_words("en", {"section.voice.text": text + " {service}"})
        assert "contradicting-prose section.voice.text" in finding_names(changed_policy), text
    assert "contradicting-prose summary" in finding_names(
        with_words("en", {"summary": "{processor} also works in Japan."})
    )


def test_a_continent_in_the_prose_that_is_in_no_row() -> None:
    for text in (
        "Data may go to Asia.",
        "Calls pass through Africa.",
        "It stands in South America.",
        "In Oceania, too.",
    ):
        changed_policy = with_words("en", {"section.support.text": text + " {processor}"})
        assert "contradicting-prose section.support.text" in finding_names(changed_policy), text
    text = (
        policy().words["en"][SERVERS_TEXT].replace("{infrastructure_countries}", "the United States, Europe and Asia")
    )
    changed_policy = with_words("en", {SERVERS_TEXT: text})
    assert finding_names(changed_policy) <= {f"other-placeholders {SERVERS_TEXT}"}


def test_countries_are_found_in_other_languages_and_cases() -> None:
    texts_by_language = {
        "nb": "Noe skjer i Brasil.", "sk": "Údaje sú v Brazílii.", "fi": "Tietoja on Brasiliassa.",
        "ja": "データはブラジルにあります。", "zh-Hans": "数据位于巴西。", "ar": "البيانات في البرازيل.",
        "de": "Daten liegen in Brasilien.",
        "ru": "Данные находятся в Бразилии.", "vi": "Dữ liệu ở Nhật Bản.",
    }  # fmt: skip
    for language, text in texts_by_language.items():
        changed_policy = with_language(language, {"section.limits.text": text})
        assert files_and_names(changed_policy) == {
            (f"words/{language}.toml", "contradicting-prose section.limits.text")
        }, language


def test_names_that_only_look_like_countries_are_left_alone() -> None:
    for text in (
        "Let US know, and Jordan or Georgia will answer.", "Ask Quality Unit Ukraine.", "Under UK GDPR, too.",
        "The Chad and the Jersey.", "We turkey and china.", "New Mexico.", "The Republic of Letters.",
        "{infrastructure_countries}",
    ):  # fmt: skip
        assert finding_names(with_words("en", {"section.voice.text": text + " {service}"})) <= {
            "other-placeholders section.voice.text"
        }, text
    for language, text in {"vi": "Ý kiến của quý vị.", "ja": "タイトル", "fr": "Réunion du conseil"}.items():
        assert finding_names(with_language(language, {"section.limits.text": text})) == set(), language


def test_prose_follows_the_table() -> None:
    """The same sentence is right or wrong by what the rows say."""
    text = "Calls go through Canada and the United States. {service}"
    nb = policy().words["nb"]["section.voice.text"]
    changed_policy = with_words("nb", {"section.voice.text": nb}, with_words("en", {"section.voice.text": text}))
    assert finding_names(changed_policy) == {"contradicting-prose section.voice.text"}
    row = changed_policy.facts.engagement("twilio")
    assert finding_names(with_engagement("twilio", changed_policy, locations=(*row.locations, Location("CA")))) == set()


# A personal mailbox as the contact.


def test_one_persons_mailbox_as_a_contact() -> None:
    for address in ("david.novak@qualityunit.example", "jana@qualityunit.example", "j_novak@linode.example"):
        assert finding_names(with_entity("linode", contact=address)) == {"personal-mailbox entities.linode.contact"}, (
            address
        )
    assert finding_names(with_entity("linode", contact="linode.privacy@gmail.com")) != set()
    processor = replace(policy().facts.processor, objections="david.novak@qualityunit.example")
    assert finding_names(with_facts(processor=processor)) == {"personal-mailbox processor.objections"}


def test_one_persons_mailbox_in_the_words() -> None:
    changed_policy = with_words(
        "nb", {"section.limits.text": "Skriv til [David](mailto:david.novak@qualityunit.example)."}
    )
    assert files_and_names(changed_policy) == {("words/nb.toml", "personal-mailbox section.limits.text")}


def test_a_mailbox_that_many_read_is_a_contact() -> None:
    for address in (
        "privacy@a.example", "dpo@a.example", "eu-privacy@a.example", "personvernombud@a.example", "legal@a.example",
        "linode@linode.example", "datenschutz@a.example", "support+eu@a.example",
    ):  # fmt: skip
        assert finding_names(with_entity("linode", contact=address)) == set(), address


# Consent presumed from going on.


def test_consent_presumed_from_going_on_browsing() -> None:
    sentences_by_language = {
        "en": "By continuing to browse this site you agree to our use of cookies.",
        "nb": "Ved å fortsette å bruke siden samtykker du til informasjonskapsler.",
        "sk": "Pokračovaním v prehliadaní súhlasíte s používaním cookies.",
        "de": "Wenn Sie weitersurfen, stimmen Sie der Verwendung von Cookies zu.",
        "fr": "En poursuivant votre navigation, vous acceptez les cookies.",
        "zh-Hans": "继续浏览即表示您同意使用 Cookie。",
        "ja": "閲覧を続けることで、Cookieの使用に同意したものとみなされます。",
    }
    for language, text in sentences_by_language.items():
        texts = {**policy().words.get(language, {}), "section.limits.text": text}
        changed_policy = with_language(language, texts)
        assert files_and_names(changed_policy) == {
            (f"words/{language}.toml", "presumed-consent section.limits.text")
        }, language


def test_to_say_that_going_on_is_no_consent_is_right() -> None:
    for language, text in {
        "en": "Continuing to browse is not consent. You agree by a click.",
        "nb": "Å fortsette å lese er ikke et samtykke.",
        "de": "Wer weitersurft, hat nicht eingewilligt.",
    }.items():
        texts = {**policy().words.get(language, {}), "section.limits.text": text}
        assert finding_names(with_language(language, texts)) == set(), language


def test_a_glossary_with_nothing_to_avoid_finds_nothing() -> None:
    assert finding_names(replace(policy(), glossary={"nb": {"processor": Term("databehandler")}})) == set()


def test_an_avoided_word_may_begin_the_right_one() -> None:
    changed_policy = replace(policy(), glossary={"nb": {"dpa": Term("databehandleravtale", ("databehandler",))}})
    texts = {"data.case": "Databehandleravtalene", "data.contact": "Databehandleren"}
    of_data = {
        finding.key
        for finding in find_findings(with_words("nb", texts, changed_policy))
        if finding.key.startswith("data.")
    }
    assert of_data == {"data.contact"}


def test_a_glossary_that_forbids_what_it_asks_for() -> None:
    glossary = {"nb": {"processor": Term("databehandler", ("databehandlere",)), "x": Term("y", ("Databehandler", ""))}}
    changed_policy = replace(policy(), glossary=glossary)
    assert {"glossary-conflict nb.x.avoid", "blank nb.x"} <= finding_names(changed_policy)
