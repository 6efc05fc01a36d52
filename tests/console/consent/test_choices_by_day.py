"""Checks the numbers of choices by day, language and source. Visitors who only looked are not counted."""

import csv
import io
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import Connection

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.console.consent.choices_by_day import _COUNT
from tests.console.browser import Browser
from tests.engines import refused_alike
from tests.page import Page

from .choices import BASE, get_html, make_choices_of_all_kinds, table_counts

pytestmark = pytest.mark.anyio
words = i18n.words("en")
HOSTILE = {
    "since=nonsense": "date",
    "since=2026-02-30": "date",
    "since=20260201T00": "date",
    "until=0001-01-01": "date",
    "until=9999-12-31": "date",
    "since=%00": "date",
    "since=%ff%fe": "date",
    "since=2026-11-02&until=2026-11-01": "before_the_first",
    "locale=%3Cscript%3Ealert(1)": "characters",
    "locale=" + "x" * 64: "too_long",
    "source=anywhere": "choice",
    "action=acknowledge": "choice",
    "before=-1": "characters",
    "before=" + "9" * 40 + ".1": "characters",
    "whatever=1": "unknown",
}


def sentence(code: str) -> str:
    """Returns what is said of a value of `HOSTILE`."""
    if code == "too_long":
        return words.plural("error.field.too_long", 64 - 35, limit="35")
    return words(f"error.field.{code}")


@refused_alike
@pytest.mark.parametrize("path", ["", "days.csv", "again", "records", "records.csv", "records/x"])
async def test_only_agents_see_them(browser: Browser, path: str) -> None:
    assert (await browser.get(BASE + path)).headers["location"].startswith("/console/sign-in")
    assert (await browser.post(BASE + "find", {"named": "x"})).headers["location"] == "/console/sign-in"


@refused_alike
@pytest.mark.parametrize("path", ["", "days.csv", "again", "records", "records.csv", "records/x"])
async def test_a_site_that_is_none_is_not_found(signed_in: Browser, path: str) -> None:
    assert (await signed_in.get(f"/console/consents/nobody/{path}")).status_code == 404


async def test_each_site_has_its_own(signed_in: Browser) -> None:
    assert (await signed_in.get("/console/consents")).headers["location"] == "/console/consents/"
    page_html = await get_html(signed_in, "/console/consents/")
    assert 'href="/console/consents/main/"' in page_html
    assert 'href="/console/consents/other/"' in page_html


async def test_nothing_chosen_says_so_and_draws_nothing(signed_in: Browser, page: Page) -> None:
    await page.boot()
    page_html = await get_html(signed_in, BASE)
    assert words("console.consents.empty") in page_html
    assert words("console.consents.explanation") in page_html
    assert "<table" not in page_html


async def test_what_was_chosen_is_counted_by_day_language_and_source(
    application: Application, page: Page, signed_in: Browser
) -> None:
    numbers = await make_choices_of_all_kinds(application, page)
    page_html = await get_html(signed_in, BASE)
    totals = [numbers[name] for name in ("grant", "refuse", "change", "withdraw")]
    assert table_counts(page_html, words("console.consents.by_day")) == {str(clock.now().date()): [*totals, 10, 2]}
    assert table_counts(page_html, words("console.consents.by_language")) == {
        "English": [7, 0, 1, 1, 9, 2],
        "Norwegian Bokmål": [0, 1, 0, 0, 1, 0],
    }
    assert table_counts(page_html, words("console.consents.by_source")) == {
        words("console.consents.source.banner"): [7, 0, 0, 0, 7, 0],
        words("console.consents.source.preferences"): [0, 1, 1, 1, 3, 1],
        words("console.consents.source.server"): [0, 0, 0, 0, 0, 1],
    }
    assert words("console.consents.percentages", number=10) in page_html
    assert "70%" in page_html


async def test_a_page_view_counts_for_nothing(page: Page, signed_in: Browser) -> None:
    await page.accept()
    before = await get_html(signed_in, BASE)
    for _ in range(3):
        await page.boot()
        await page.get("consents/current")
    assert await get_html(signed_in, BASE) == before


async def test_filters_narrow_the_count_and_the_file(application: Application, page: Page, signed_in: Browser) -> None:
    await make_choices_of_all_kinds(application, page)
    today, before = clock.now().date(), clock.now().date() - timedelta(1)
    page_html = await get_html(signed_in, f"{BASE}?locale=nb&source=preferences")
    assert table_counts(page_html, words("console.consents.by_day")) == {str(today): [0, 1, 0, 0, 1, 0]}
    assert f"days.csv?since={today - timedelta(29)}&until={today}&locale=nb&source=preferences" in page_html
    assert words("console.consents.empty") in await get_html(signed_in, f"{BASE}?since={before}&until={before}")


async def test_the_days_come_as_a_file(application: Application, page: Page, signed_in: Browser) -> None:
    await make_choices_of_all_kinds(application, page)
    today = clock.now().date()
    answer = await signed_in.get(f"{BASE}days.csv?since={today}&until={today}", **{"accept-language": "nb"})
    assert answer.headers["content-disposition"] == f'attachment; filename="consent-days-main-{today}-{today}.csv"'
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {(row["Språk"], row["Hvor det ble valgt"]) for row in rows} == {
        ("en", "banner"),
        ("en", "preferences"),
        ("en", "server"),
        ("nb", "preferences"),
    }
    assert {row["Dag"] for row in rows} == {str(today)}
    assert sum(int(row["Godtatt"]) for row in rows) == 7
    assert sum(int(row["Slettet"]) for row in rows) == 1


@pytest.mark.parametrize("path", ["", "records"])
async def test_a_hostile_query_is_told_in_words_and_keeps_what_was_typed(signed_in: Browser, path: str) -> None:
    for query, code in HOSTILE.items():
        answer = await signed_in.get(f"{BASE}{path}?{query}")
        assert answer.status_code == 422, query
        assert sentence(code) in unescape(answer.text), query
        assert "<script>alert" not in answer.text
        assert (await signed_in.get(f"{BASE}{path or 'days'}.csv?{query}")).status_code == 422, query
    for typed in ("since=nonsense", "locale=nonsense!", "source=nonsense"):
        assert 'value="nonsense' in (await signed_in.get(f"{BASE}{path}?{typed}")).text


async def test_a_period_has_an_end(signed_in: Browser) -> None:
    page_html = await get_html(signed_in, f"{BASE}?since=2025-01-01&until=2026-01-02", 422)
    assert words("error.field.too_many_days", limit=366) in page_html
    assert (await signed_in.get(f"{BASE}?since=2025-01-01&until=2026-01-01")).status_code == 200


async def test_counting_reads_the_index_and_no_row(application: Application, engine: str) -> None:
    params = {"of_site": "main", "first": 20_000, "last": 20_030, "of_locale": "", "of_source": ""}
    explain = "EXPLAIN QUERY PLAN " if engine == "sqlite" else "EXPLAIN "

    def planned(connection: Connection) -> str:
        if engine == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        compiled_count = _COUNT.compile(connection.engine, compile_kwargs={"render_postcompile": True})
        sql, parameters = str(compiled_count), {**compiled_count.params, **params}
        bound = (
            tuple(parameters[name] for name in compiled_count.positiontup or ())
            if compiled_count.positional
            else parameters
        )
        return "\n".join(map(str, connection.exec_driver_sql(explain + sql, bound)))

    plan = await application.database.read(planned)
    assert "consents_by_day" in plan
    assert "COVERING INDEX" in plan or "Index Only Scan" in plan
    assert "TEMP B-TREE" not in plan
