"""Words are translated beside their source, and each says how far it has come."""

from collections.abc import Awaitable, Callable

import pytest

from forecourt.policy.model import Policy, TranslationState
from forecourt.policy.word_keys import source_hash
from tests.console.browser import Browser
from tests.engines import refused_alike

from .conftest import ReadDraft
from .forms import BASE, fields_of, save_form, submit_form

pytestmark = pytest.mark.anyio
ReadPolicy = Callable[[], Awaitable[Policy]]
TITLE = "words/nb/section.kinds.title"
LIST = f"{BASE}words/nb?q=section.kinds.title&only="


async def test_a_translation_is_machine_made_until_somebody_stands_behind_it(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    await save_form(signed_in, TITLE, text="Ulike typer")
    assert (await read_drafted_policy()).translations["nb"]["section.kinds.title"].state is TranslationState.MACHINE
    assert "1 found" in (await signed_in.get(LIST + "machine")).text
    await save_form(signed_in, TITLE, reviewed="on")
    text = (await read_drafted_policy()).translations["nb"]["section.kinds.title"]
    assert (text.state, text.source) == (TranslationState.REVIEWED, source_hash("Several kinds"))
    assert "1 found" in (await signed_in.get(LIST + "reviewed")).text


async def test_a_changed_source_text_makes_its_translations_stale(signed_in: Browser) -> None:
    await save_form(signed_in, TITLE, text="Ulike typer", reviewed="on")
    assert "0 found" in (await signed_in.get(LIST + "stale")).text
    await save_form(signed_in, "words/en/section.kinds.title", text="Kinds of work")
    assert "1 found" in (await signed_in.get(LIST + "stale")).text
    assert "Out of date" in (await signed_in.get(BASE + TITLE)).text


async def test_a_translation_of_a_text_that_changed_meanwhile_is_stale_at_once(signed_in: Browser) -> None:
    opened = fields_of((await signed_in.get(BASE + TITLE)).text)
    await save_form(signed_in, "words/en/section.kinds.title", text="Kinds of work")
    answer = await signed_in.post(BASE + TITLE, opened | {"text": "Ulike typer", "reviewed": "on"})
    assert answer.status_code == 303
    assert "1 found" in (await signed_in.get(LIST + "stale")).text


async def test_a_translation_left_empty_is_missing_and_leaves_no_trace(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    await save_form(signed_in, TITLE, text="  \r\n")
    policy = await read_drafted_policy()
    assert "section.kinds.title" not in policy.words["nb"]
    assert "section.kinds.title" not in policy.translations.get("nb", {})
    assert "1 found" in (await signed_in.get(LIST + "missing")).text
    assert "98 %" in (await signed_in.get(BASE)).text or "97 %" in (await signed_in.get(BASE)).text


@refused_alike
@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("words/en/section.kinds.title", "", "Please fill this in."),
        (TITLE, "a\x00b", "a character that cannot be used here: U+0000"),
        (TITLE, "x" * 10_001, "This is 1 character too long. At most 10,000 fit here."),
    ],
)
async def test_a_text_that_cannot_be_kept_is_refused_and_stays_in_the_form(
    signed_in: Browser, read_draft: ReadDraft, path: str, text: str, words: str
) -> None:
    answer = await submit_form(signed_in, path, text=text)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert await read_draft() is None


async def test_the_second_save_of_a_text_shows_theirs_and_keeps_mine(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    opened = fields_of((await signed_in.get(BASE + TITLE)).text)
    await save_form(signed_in, TITLE, text="Deres")
    answer = await signed_in.post(BASE + TITLE, opened | {"text": "Mine"})
    assert (answer.status_code, ">Deres</p>" in answer.text) == (409, True)
    mine = fields_of(answer.text)
    assert mine["text"] == ["Mine"]
    assert (await signed_in.post(BASE + TITLE, mine)).status_code == 303
    assert (await read_drafted_policy()).words["nb"]["section.kinds.title"] == "Mine"


async def test_saving_goes_on_to_the_next_of_the_same_list(signed_in: Browser) -> None:
    path = "words/nb/section.kinds.title?only=machine&q=section.kinds"
    await save_form(signed_in, "words/nb/section.kinds.title", text="Ulike typer")
    await save_form(signed_in, "words/nb/section.kinds.text", text="Ulike typer arbeid.")
    answer = await submit_form(signed_in, path, next="1")
    assert answer.headers["location"] == f"{BASE}words/nb/section.kinds.text?only=machine&q=section.kinds&done=saved"


async def test_a_text_that_no_fact_asks_for_can_only_be_seen_and_taken_away(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    await save_form(signed_in, "engagements/twilio/remove", how="out")
    unused = await signed_in.get(f"{BASE}words/en?only=unused")
    assert "data.call-data" in unused.text
    await save_form(signed_in, "words/en/data.call-data", text="")
    assert "data.call-data" not in (await read_drafted_policy()).words["en"]


async def test_facts_in_braces_are_shown_with_what_they_say_now(signed_in: Browser) -> None:
    page = (await signed_in.get(f"{BASE}words/nb/section.infrastructure.text")).text
    assert "<code>{infrastructure_countries}</code>" in page
    assert "Tyskland" in page


async def test_what_the_check_says_of_a_text_stands_beside_it(signed_in: Browser) -> None:
    await save_form(signed_in, "words/nb/section.kinds.title", text="Typer {unknown_fact}")
    assert "{unknown_fact} is not a placeholder" in (await signed_in.get(BASE + TITLE)).text


async def test_hostile_markdown_stays_text(signed_in: Browser) -> None:
    hostile = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) </textarea><script>alert(1)</script>"
    await save_form(signed_in, "words/en/section.kinds.text", text=hostile)
    for path in ("words/en/section.kinds.text", "words/nb/section.kinds.text", "words/nb", "preview/page/en"):
        page = (await signed_in.get(BASE + path)).text
        assert "<script>alert" not in page, path
        assert "<img" not in page, path
        assert 'href="javascript' not in page, path
