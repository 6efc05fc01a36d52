"""What `forecourt check` finds is told in the agent's language, wherever the editor shows it."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from forecourt.app import Application
from forecourt.console.policy.grid.cell_links import find_grid_cell
from forecourt.policy import drafts
from forecourt.policy.check import FACTS_FILE
from forecourt.policy.check.gaps import Gap
from forecourt.policy.drafts import PolicyDraft
from forecourt.policy.model import Term
from forecourt.policy.stated_facts import ENGAGEMENT_FACTS, ENTITY_FACTS, PROCESSOR_FACTS
from tests.console.browser import Browser

from .conftest import ReadRelease
from .forms import BASE, fields_of, save_form

pytestmark = pytest.mark.anyio
NORWEGIAN = {"accept-language": "nb"}
TEXT = "words/nb/section.kinds.title"


@pytest.fixture
def engine() -> str:
    """Words do not depend on the database."""
    return "sqlite"


@pytest.mark.parametrize("path", ["", "publish", TEXT])
async def test_a_finding_of_a_text_is_told_in_norwegian(signed_in: Browser, path: str) -> None:
    await save_form(signed_in, TEXT, text="Typer {unknown_fact}")
    page = (await signed_in.get(BASE + path, **NORWEGIAN)).text
    assert "{unknown_fact} er ikke en plassholder; bruk en av certificates," in page
    assert 'lang="en"' not in page.partition("<main")[2].replace('lang="en" dir="auto"', "")  # the text it is made from


@pytest.mark.parametrize("path", ["", "entities/linode"])
async def test_a_finding_of_the_facts_is_told_in_norwegian(signed_in: Browser, path: str) -> None:
    await save_form(signed_in, "entities/linode", contact="jana@linode.example")
    sentence = "«jana@linode.example» ser ut som postkassen til én person;"
    assert sentence in (await signed_in.get(BASE + path, **NORWEGIAN)).text


async def test_a_finding_leads_to_where_it_is_mended(signed_in: Browser) -> None:
    await save_form(signed_in, TEXT, text="")
    await save_form(signed_in, "entities/linode", contact="jana@linode.example")
    await save_form(signed_in, "general", accepted="no-rule no.key")
    page = (await signed_in.get(BASE)).text.partition('id="check"')[2].partition("</section>")[0]
    links = re.findall('href="([^"]+)"', page)
    assert {each.removeprefix(BASE) for each in links} == {TEXT, "entities/linode", "general"}
    assert [(await signed_in.get(each)).status_code for each in links] == [200] * len(links)


async def test_only_a_draft_that_can_be_published_is_said_to_be(signed_in: Browser, read_release: ReadRelease) -> None:
    ready = "The draft can be published."
    page = (await signed_in.get(BASE)).text
    assert (ready in page, "No findings in the current release." in page) == (False, True)
    entity = next(each for each in (await read_release()).policy.facts.entities if each.id == "linode")
    await save_form(signed_in, "entities/linode", address="Elsewhere 1, Oslo")
    assert ready in (await signed_in.get(BASE)).text
    await save_form(signed_in, "entities/linode", address=entity.address)
    page = (await signed_in.get(BASE)).text
    assert (ready in page, "No findings in the draft." in page) == (False, True)


async def test_a_notice_period_that_is_not_kept_is_told_in_norwegian(signed_in: Browser, today: date) -> None:
    await save_form(
        signed_in, "engagements/linode-eu", locations__0__country="FR", effective=today.isoformat(), keep_day="1"
    )
    fields = fields_of((await signed_in.get(BASE + "publish")).text)
    answer = await signed_in.post(BASE + "publish", fields, **NORWEGIAN)
    assert (answer.status_code, "Den ble ikke publisert:" in answer.text) == (422, True)
    assert f"{today} er for tidlig for varslingsfristen" in answer.text


async def test_what_is_missing_is_listed_by_company_and_leads_to_its_field(signed_in: Browser) -> None:
    await save_form(signed_in, "general", level="listed")
    await save_form(signed_in, "entities/linode", address="", contact="")
    await save_form(signed_in, "engagements/linode-eu", relation="", mechanism__kind="", effective="")
    page = (await signed_in.get(BASE)).text.partition('id="check"')[2].partition("</section>")[0]
    assert "Linode, LLC: 5 missing" in page
    links = {each.removeprefix(BASE) for each in re.findall('href="([^"]+)"', page)}
    assert links == {
        f"grid#cell.linode-eu.{column}" for column in ("address", "contact", "relation", "mechanism", "effective")
    }
    for link in links:
        path, _, field = link.partition("#")
        assert f'id="{field}"' in (await signed_in.get(BASE + path)).text


async def test_every_fact_that_may_be_missing_has_a_cell(read_release: ReadRelease) -> None:
    facts = (await read_release()).policy.facts
    tables = {"processor": PROCESSOR_FACTS, "entities.linode": ENTITY_FACTS, "engagements.linode-eu": ENGAGEMENT_FACTS}
    for table, names in tables.items():
        assert all(find_grid_cell(facts, Gap(FACTS_FILE, f"{table}.{name}")) for name in names), table


async def test_what_a_company_without_a_row_lacks_leads_to_its_form(signed_in: Browser) -> None:
    await save_form(signed_in, "general", level="listed")
    await save_form(signed_in, "entities/new", legal_name="Adatum AS")
    assert f'href="{BASE}entities/adatum#f-address"' in (await signed_in.get(BASE)).text
    assert 'id="f-address"' in (await signed_in.get(f"{BASE}entities/adatum")).text


async def test_what_is_missing_is_told_in_norwegian(signed_in: Browser) -> None:
    await save_form(signed_in, "general", level="listed")
    await save_form(signed_in, "entities/linode", address="")
    page = (await signed_in.get(BASE, **NORWEGIAN)).text.partition('id="check"')[2].partition("</section>")[0]
    assert "Mangler, og vises ikke for lesere:" in page
    assert "Linode, LLC: 1 mangler" in page


async def test_a_finding_of_the_glossary_of_a_place_and_of_an_unknown_text_is_named(
    signed_in: Browser, application: Application, read_release: ReadRelease
) -> None:
    release = await read_release()
    terms = {"server": Term("server", avoid=("machine",)), "machine": Term("machine")}
    words = {language: dict(texts) for language, texts in release.policy.words.items()}
    del words["nb"]["place.northern-california"]
    words["en"]["section.kinds.colour"] = "Blue"
    policy = replace(release.policy, words=words, glossary={"en": terms})
    draft = replace(PolicyDraft.from_release(release, "kari", release.published_at), policy=policy)
    await application.database.write(lambda c: drafts.start_draft(c, draft))
    page = unescape((await signed_in.get(BASE)).text)
    assert "Glossary: " in page
    assert "English, section.kinds.colour: " in page
    assert "Amazon Web Services, LLC's city or region in Norwegian Bokmål: There is no text yet." in page
