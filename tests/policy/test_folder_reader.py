"""Checks that a policy folder is read strictly, and that every fault is named at once with its file, key and remedy."""

import os
import re
import sys
from datetime import date
from pathlib import Path

import pytest

from forecourt.errors import PolicyBroken
from forecourt.policy.files import folder_reader
from forecourt.policy.model import AiUse, SubSubprocessor
from tests.policy.sample import FOLDER, break_sample

FACTS = "facts.toml"
IRELAND = """
[engagements.ireland]
service = "servers"
purpose = "hosting"
kind = "infrastructure"
relation = "third_party"
audiences = ["EU"]
locations = [{ country = "IE" }]
data = ["account"]
subjects = ["agents"]
mechanism = { kind = "none" }
effective = 2019-10-28
"""
TWILIO = '[engagements.twilio]\nservice = "voice"'
FIRST_ROW = '[engagements.linode-eu]\nservice = "servers"'
DATED = "updated = 2019-10-28"
DEEP = 2 * sys.getrecursionlimit()  # the time that tomllib takes grows with its square


def read_sentences(folder: Path) -> list[str]:
    with pytest.raises(PolicyBroken) as caught:
        folder_reader.load_policy(folder)
    return list(caught.value.sentences)


def test_a_row_without_an_entity_is_refused_by_its_name(tmp_path: Path) -> None:
    folder = break_sample(tmp_path, FACTS, (TWILIO, IRELAND + TWILIO))
    assert read_sentences(folder) == ["facts.toml: engagements.ireland.entity: is missing; add it."]


def test_a_row_of_an_unknown_entity_names_those_there_are(tmp_path: Path) -> None:
    folder = break_sample(tmp_path, FACTS, ('entity = "twilio"', 'entity = "ireland"'))
    [sentence] = read_sentences(folder)
    assert sentence.startswith(
        "facts.toml: engagements.twilio.entity: 'ireland' is not among [entities]; name one of aws,"
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'country = "GB"',
            'country = "EU"',
            "engagements.linode-uk.locations.0.country: 'EU' is not a country code of ISO 3166-1",
        ),
        (
            'country = "GB"',
            'country = "uk"',
            "engagements.linode-uk.locations.0.country: 'uk' is not a country code of ISO 3166-1",
        ),
        ('country = "US"', 'country = "USA"', "entities.aws.country: 'USA' is not a country code of ISO 3166-1"),
        (
            '{ kind = "scc", document = "(EU) 2021/914" }',
            '{ kind = "none" }',
            "engagements.aws-sg.mechanism: there is no adequacy decision for SG, outside the EEA; name the",
        ),
        (
            '{ kind = "scc", document = "(EU) 2021/914" }',
            '{ kind = "adequacy", document = "?" }',
            "engagements.aws-sg.mechanism: there is no adequacy decision for SG",
        ),
        (
            '{ kind = "scc", document = "(EU) 2021/914" }',
            '{ kind = "dpf", document = "?" }',
            "engagements.aws-sg.mechanism: dpf covers the United States only, not SG",
        ),
        (
            '{ kind = "scc", document = "(EU) 2021/914" }',
            '{ kind = "scc" }',
            "engagements.aws-sg.mechanism.document: is missing",
        ),
        ('mechanism = { kind = "none" }\n', "", "engagements.linode-eu.mechanism: is missing; add it"),
        (
            '{ kind = "none" }',
            '{ kind = "hope" }',
            "engagements.linode-eu.mechanism.kind: is not one of none, adequacy",
        ),
        ('audiences = ["EU"]', 'audiences = ["Mars"]', "engagements.linode-eu.audiences: is not one of EU, UK"),
        ('audiences = ["EU"]', "audiences = []", "engagements.linode-eu.audiences: is empty"),
        ('data = ["account", "messages", "contact"]', "data = []", "engagements.aws-sg.data: is empty"),
        ('data = ["account",', 'data = ["Account data",', "engagements.aws-sg.data: 'Account data' is not a valid key"),
        (
            'contact = "privacy@linode.example"',
            'contact = "Linode"',
            "entities.linode.contact: 'Linode' is not an e-mail address",
        ),
        ('legal_name = "Linode, LLC"', 'legal_name = " "', "entities.linode.legal_name: is blank; write it"),
        ('address = "Kyiv, UA"\n', "", "entities.qu-ukraine.address: is missing; add it"),
        (DATED, 'updated = "last week"', "updated: has a value of the wrong type"),
        (
            DATED,
            f"{DATED}\nchecked = true",
            "checked: is not a key that Forecourt knows; remove it or correct its spelling",
        ),
        (FIRST_ROW, f"{FIRST_ROW}\nregoin = 1", "engagements.linode-eu.regoin: is not a key that Forecourt knows"),
        (
            FIRST_ROW,
            f'{FIRST_ROW}\nid = "x"',
            "engagements.linode-eu.id (it is the table's name already): is not a key",
        ),
        ('  "infrastructure",\n', "", "sections: add 'infrastructure', otherwise its subprocessors"),
        ('"sample", "illustrative"', '"sample", "sample"', "notes: name each once"),
        ('illustrative = ["contact"]', 'illustrative = ["fax"]', "processor.illustrative: 'fax' is not a field here"),
        ('role = "storage"', 'role = "hope"', "engagements.aws-sg.locations.0.role: is not one of processing, storage"),
        (
            DATED,
            'updated = "2019-13-01"',
            "updated: has a value of the wrong type; write a date, for example 2026-01-31",
        ),
        (DATED, f'{DATED}\nproducts = "all"', "products: has a value of the wrong type; write a list, for example"),
        ("notice_days = 30", 'notice_days = "30"', "notice_days: has a value of the wrong type; write a whole number"),
        ("notice_days = 30", f"notice_days = {'9' * 5000}", "cannot be read"),
        ("notice_days = 30", f"notice_days = {'[' * 5000}", "cannot be read"),
        ("notice_days = 30", f"notice_days = 0x{'f' * 5000}", "notice_days: 1000000000 is not a valid notice period"),
        ('"Linode, LLC"', f'"{"A" * 65536}"', "entities.linode.legal_name: is longer than 1000 characters; shorten"),
        ('purpose = "support"', f'purpose = "{"a" * 65536}"', "engagements.qu-llc.purpose: is longer than 100"),
        ("[facilities]", "[facilities", "cannot be read"),
        ("[engagements.twilio]", "[[listed]]", "listed: is not a key"),
    ],
)
def test_a_fault_in_the_facts_is_named_with_its_mend(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    sentences = read_sentences(break_sample(tmp_path, FACTS, (old, new)))
    assert any(each.startswith(f"facts.toml: {sentence}") for each in sentences), sentences


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('servers = "Servere"', 'servers = " "', "service.servers: is blank"),
        (
            'servers = "Servere"',
            'servers = "Servere"\nsevers = "Servere"',
            "service.severs: no fact uses this text; remove it",
        ),
        ('servers = "Servere"', "servers = 4", "service.servers: is not text; put it in quotes"),
        (
            "{dpa_contact}",
            "{contact}",
            "section.agreement.text: {contact} is not a placeholder; use one of certificates, dpa_contact",
        ),
        (
            "skriver til {dpa_contact}",
            "skriver til oss",
            "section.agreement.text: uses other placeholders than the source text",
        ),
        (
            'servers = "Servere"',
            'servers = "Servere"\n' + "a." * DEEP + 'b = ""',
            "service.a.a.a.a.a.a.a.a: is not text",
        ),
        ('title = "Under', '"service.servers" = "Tjenere"\ntitle = "Under', "service.servers: is written twice"),
        ("[table]", "[table", "cannot be read"),
    ],
)
def test_a_fault_in_the_words_is_named_with_its_language_and_mend(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    sentences = read_sentences(break_sample(tmp_path, "words/nb.toml", (old, new)))
    assert any(each.startswith(f"words/nb.toml: {sentence}") for each in sentences), sentences


def test_all_faults_of_a_folder_are_told_at_once(tmp_path: Path) -> None:
    break_sample(
        tmp_path, FACTS, ('country = "GB"', 'country = "XX"'), ('contact = "privacy@aws.example"', 'contact = "aws"')
    )
    sentences = read_sentences(
        break_sample(tmp_path, "words/en.toml", ('eu = "European Union"', ""), ('title = "Infrastructure"', ""))
    )
    keys = {re.sub(r": .*", "", each.partition(": ")[2]) for each in sentences}
    assert {
        "entities.aws.contact",
        "engagements.linode-uk.locations.0.country",
        "place.eu",
        "section.infrastructure.title",
    } <= keys


def test_rows_without_names_are_refused(tmp_path: Path) -> None:
    folder = break_sample(tmp_path, FACTS)
    text = re.sub(r"\[engagements\.[a-z-]+\]", "[[engagements]]", (folder / FACTS).read_text("utf-8"))
    (folder / FACTS).write_text(text, "utf-8")
    assert read_sentences(folder) == [
        "facts.toml: engagements: is a list; give each row its name, for example [engagements.linode]."
    ]


def test_a_policy_of_nobody_is_refused(tmp_path: Path) -> None:
    folder = break_sample(tmp_path, FACTS)
    text = (folder / FACTS).read_text("utf-8").partition("[engagements.")[0]
    (folder / FACTS).write_text(f"{text}[engagements]\n", "utf-8")
    assert "facts.toml: engagements: add at least one." in read_sentences(folder)


def test_a_folder_without_facts_or_words_says_so(tmp_path: Path) -> None:
    assert read_sentences(tmp_path) == ["facts.toml: is missing; every policy folder has one."]
    folder = break_sample(tmp_path, FACTS)
    (folder / "words" / "en.toml").unlink()
    assert "words/en.toml: is missing; it is the source language that facts.toml names." in read_sentences(folder)


@pytest.mark.parametrize("name", ["norsk!", "NB", "nb.old", "nb@x", "pt-br", "nb_NO"])
def test_a_words_file_is_named_for_a_language(name: str, tmp_path: Path) -> None:
    folder = break_sample(tmp_path, FACTS)
    (folder / "words" / f"{name}.toml").write_text("")
    assert read_sentences(folder) == [
        f"words/{name}.toml: is not named after a language; use a tag, for example nb.toml or pt-BR.toml."
    ]


def test_a_language_may_name_its_script_region_and_variant() -> None:
    assert all(
        map(folder_reader.is_language, ("nb", "fil", "pt-BR", "zh-Hans", "zh-Hant-HK", "es-419", "ca-ES-valencia"))
    )


def test_what_never_ends_or_is_no_file_is_not_read(tmp_path: Path) -> None:
    folder = break_sample(tmp_path, FACTS)
    for place in ("words/nb.toml", "glossary.toml"):
        (folder / place).unlink()
        os.mkfifo(folder / place)
    (folder / "words" / "de.toml").symlink_to("/dev/zero")
    with (folder / "words" / "fr.toml").open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    sentences = read_sentences(folder)
    assert [each.partition(";")[0] for each in sentences] == [
        "words/de.toml: cannot be read (it is no file)",
        "words/fr.toml: cannot be read (it is larger than 16 MiB)",
        "words/nb.toml: cannot be read (it is no file)",
        "glossary.toml: cannot be read (it is no file)",
    ]


def test_a_file_may_come_from_windows(tmp_path: Path) -> None:
    folder = break_sample(tmp_path, FACTS)
    for path in folder.rglob("*.toml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert folder_reader.load_policy(folder) == folder_reader.load_policy(FOLDER)


def test_a_key_does_not_drive_the_terminal(tmp_path: Path) -> None:
    [sentence] = read_sentences(break_sample(tmp_path, FACTS, (DATED, f'{DATED}\n"\\u001b[2J" = 1')))
    assert sentence.startswith("facts.toml: \\x1b[2J: is not a key")


def test_what_is_not_text_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = break_sample(tmp_path, FACTS)
    (folder / FACTS).write_bytes(b"\xff\xfe")
    [sentence] = read_sentences(folder)
    assert sentence.startswith("facts.toml: cannot be read (")


def test_countries_are_those_of_iso_3166() -> None:
    codes = folder_reader.country_codes()
    assert 245 <= len(codes) <= 250
    assert {"SK", "UA", "SG", "GB"} <= codes
    assert not codes & {"EU", "UK", "XK", "UN", "ZZ"}


def test_every_field_of_the_facts_can_be_set(tmp_path: Path) -> None:
    folder = break_sample(
        tmp_path,
        FACTS,
        (
            "notice_days = 30",
            'notice_days = 45\nproducts = ["chat"]\naccepted = ["spelling entities.aws"]',
        ),
        (
            FIRST_ROW,
            f"{FIRST_ROW.partition(chr(10))[0]}\nobjection_until = 2027-01-31\nremoved = 2028-01-31\n"
            'certificates = ["ISO 27001"]\nchain = [{ legal_name = "Below AS", country = "NO" }]\n'
            'chain_link = "https://example.com/chain"\nproducts = ["chat"]\noptional = true\nai = "inference"\n'
            'service = "servers"',
        ),
        (
            'contact = "privacy@qualityunit.example"\nillustrative = ["contact"]',
            'contact = "privacy@qualityunit.example"\nobjections = "objections@qualityunit.example"',
        ),
    )
    policy, _ = folder_reader.read_unchecked(folder)
    assert policy is not None
    engagement = policy.facts.engagement("linode-eu")
    assert (engagement.objection_until, engagement.removed) == (date(2027, 1, 31), date(2028, 1, 31))
    assert (engagement.chain, engagement.chain_link) == (
        (SubSubprocessor("Below AS", "NO"),),
        "https://example.com/chain",
    )
    assert (engagement.products, engagement.optional, engagement.ai) == (("chat",), True, AiUse.INFERENCE)
    assert (policy.facts.notice_days, policy.facts.products) == (45, ("chat",))
    assert policy.facts.processor.objections == "objections@qualityunit.example"
