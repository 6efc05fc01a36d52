"""The draft is seen as page, widget and mail before anybody else sees it, in a frame of ours alone."""

from datetime import date

import pytest

from tests.console.browser import Browser

from .forms import BASE, save_form

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """What is previewed does not depend on the database; drafts are tested on both."""
    return "sqlite"


@pytest.mark.parametrize("kind", ["page", "widget", "mail"])
async def test_every_kind_shows_the_draft_in_every_language(signed_in: Browser, first_day: date, kind: str) -> None:
    await save_form(signed_in, "engagements/linode-eu", locations__0__country="FR", effective=first_day.isoformat())
    for language, words in (("en", "France"), ("nb", "Frankrike")):
        answer = await signed_in.get(f"{BASE}preview/{kind}/{language}")
        assert (answer.status_code, answer.headers["content-language"]) == (200, language)
        assert words in answer.text
        assert f'lang="{language}"' in answer.text


@pytest.mark.parametrize("kind", ["page", "widget", "mail"])
async def test_only_our_own_page_may_frame_it_and_nothing_in_it_runs(signed_in: Browser, kind: str) -> None:
    headers = (await signed_in.get(f"{BASE}preview/{kind}/en")).headers
    csp = headers["content-security-policy"]
    assert "frame-ancestors 'self'" in csp
    assert "default-src 'none'" in csp
    assert "sandbox allow-same-origin;" in csp
    assert "script-src" not in csp
    assert headers["x-frame-options"] == "SAMEORIGIN"
    around = (await signed_in.get(f"{BASE}preview?kind={kind}")).headers["content-security-policy"]
    assert "frame-ancestors 'none'" in around
    assert "frame-src 'self'" in around


async def test_a_draft_with_a_text_missing_is_still_shown(signed_in: Browser) -> None:
    await save_form(signed_in, "general", sections="Infrastructure\nsupport\nvoice\nFresh")
    assert "⟨section.fresh.text⟩" in (await signed_in.get(f"{BASE}preview/page/nb")).text


async def test_a_draft_that_calls_for_no_notice_shows_no_mail(signed_in: Browser) -> None:
    assert "Customers are not notified" in (await signed_in.get(f"{BASE}preview/mail/en")).text
