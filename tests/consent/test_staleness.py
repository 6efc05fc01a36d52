"""Checks that a change of what was agreed to is asked about again, and nothing else, and is described in words."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.db.tables import consents
from forecourt.policy.actions import publish
from forecourt.policy.model import Basis, Mechanism
from forecourt.settings.site import PurposeSettings, SiteSettings
from tests.consent.publishing import publish_moved, publish_with
from tests.consent.restart import restart
from tests.page import Page
from tests.policy.sample import policy

pytestmark = pytest.mark.anyio
ADDRESS = {"email": "ola@example.com"}


@pytest.fixture
def site(site: SiteSettings) -> SiteSettings:
    """Chat is seen by Twilio, who sees call data; statistics by somebody of their own."""
    analytics = replace(site.purposes["analytics"], engagements=("aws-us",))
    chat = replace(site.chat, engagements=("twilio",))
    contact = replace(site.contact, engagements=("linode-uk",))
    letters = replace(site.newsletter, engagements=("linode-eu", "linode-sg"))
    purposes = site.purposes | {"analytics": analytics}
    return replace(site, contact=contact, chat=chat, newsletter=letters, purposes=purposes)


async def accept_all(page: Page) -> dict[str, Any]:
    answer = await page.choose({"support": True, "newsletter": True, "analytics": True})
    page.token = answer.json()["token"]
    return dict(answer.json())


async def read_current(page: Page, locale: str = "en") -> dict[str, Any]:
    return dict((await page.get(f"consents/current?locale={locale}")).json())


def list_changes(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each["feature"], each["kind"], each["text"]) for each in answer["changes"]]


async def test_a_consent_that_holds_has_no_changes(page: Page) -> None:
    await accept_all(page)
    answer = await read_current(page)
    assert (answer["state"], answer["stale"], answer["purposes_to_ask"], answer["changes"]) == ("granted", [], [], [])


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "Twilio, Inc. is now in Canada, previously in United States"),
        ("nb", "Twilio, Inc. er nå i Canada, tidligere i USA"),
    ],
)
async def test_a_relocated_recipient_is_described_in_the_visitors_language(
    page: Page, application: Application, locale: str, text: str
) -> None:
    await accept_all(page)
    await publish_moved(application, "twilio", "CA")
    answer = await read_current(page, locale)
    assert (answer["state"], answer["stale"], answer["purposes_to_ask"]) == ("stale", ["chat"], ["support"])
    assert list_changes(answer) == [("chat", "relocated", text)]
    assert answer["unlocked"] == ["contact", "newsletter"]


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "New recipient: Twilio, Inc., United States: {data}"),
        ("nb", "Ny mottaker: Twilio, Inc., USA: {data}"),
    ],
)
async def test_a_new_recipient_is_described_with_country_and_data(
    page: Page, application: Application, site: SiteSettings, locale: str, text: str
) -> None:
    await accept_all(page)
    more = replace(site, contact=replace(site.contact, engagements=(*site.contact.engagements, "twilio")))
    async with restart(application, page, more) as new_page:
        answer = await read_current(new_page, locale)
        words = policy().words[locale]
        data = [words[f"data.{key}"] for key in sorted(policy().facts.engagement("twilio").data)]
        conjunction = {"en": " and ", "nb": " og "}[locale]
        sentence = text.format(data=f"{', '.join(data[:-1])}{conjunction}{data[-1]}")
        assert ("contact", "added", sentence) in list_changes(answer)
        assert answer["stale"] == ["contact"]


async def test_a_removed_recipient_is_described(page: Page, application: Application, site: SiteSettings) -> None:
    await accept_all(page)
    async with restart(application, page, replace(site, chat=replace(site.chat, engagements=()))) as new_page:
        assert list_changes(await read_current(new_page)) == [
            ("chat", "removed", "No longer a recipient: Twilio, Inc.")
        ]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"data": ("telephone", "call-data", "recordings", "contact")}, "data_widened"),
        ({"data": ("telephone",)}, "corrected"),
        ({"entity": "aws"}, "replaced"),
        ({"purpose": "hosting"}, "purpose_widened"),
        ({"mechanism": Mechanism(Basis.SCC, "(EU) 2021/914")}, "mechanism_changed"),
    ],
)
async def test_each_kind_of_change_is_described(
    page: Page, application: Application, fields: dict[str, Any], kind: str
) -> None:
    await accept_all(page)
    await publish_with(application, "twilio", **fields)
    assert [(feature, kind) for feature, kind, _ in list_changes(await read_current(page))] == [("chat", kind)]


@pytest.mark.parametrize(("locale", "text"), [("en", "is now in Canada"), ("nb", "er nå i Canada")])
async def test_a_refused_call_says_what_changed_in_the_language_of_the_request(
    page: Page, application: Application, locale: str, text: str
) -> None:
    await accept_all(page)
    await publish_moved(application, "twilio", "CA")
    answer = (await page.post("conversations", {}, **{"accept-language": locale})).json()
    assert (answer["code"], answer["changed"]) == ("consent_stale", ["chat"])
    assert [each["purposes"] for each in answer["changes"]] == [["support"]]
    assert text in answer["changes"][0]["text"]


async def test_a_late_answer_learns_what_changed_since_its_notice(page: Page, application: Application) -> None:
    before = (await page.boot(locale="nb"))["consent"]["notice_hash"]
    await publish_moved(application, "twilio", "CA")
    answer = await page.choose(notice_hash=before, locale="nb")
    assert (answer.status_code, answer.json()["changed"]) == (409, ["chat"])
    assert "er nå i Canada" in answer.json()["changes"][0]["text"]


async def test_for_an_unknown_notice_every_term_changed(page: Page) -> None:
    changes = (await page.choose(notice_hash="0" * 64)).json()["changes"]
    assert [each["feature"] for each in changes] == ["contact", "chat", "newsletter", "", ""]
    assert {each["kind"] for each in changes} == {"wording"}


async def test_the_notice_of_another_site_is_unknown(page: Page) -> None:
    other = await Page(page.client, "other", "https://other.example").boot(locale="en")
    changes = (await page.choose(notice_hash=other["consent"]["notice_hash"])).json()["changes"]
    assert {each["kind"] for each in changes} == {"wording"}


async def test_a_purpose_that_no_feature_needs_is_a_term_of_its_own(page: Page, application: Application) -> None:
    await accept_all(page)
    await publish_moved(application, "aws-us", "CA")
    answer = await read_current(page)
    assert (answer["state"], answer["purposes_to_ask"]) == ("stale", ["analytics"])
    assert [(feature, kind) for feature, kind, _ in list_changes(answer)] == [("", "relocated")]
    assert (await page.post("newsletter", ADDRESS)).status_code == 202


async def test_a_release_that_only_reorders_recipients_asks_nobody(page: Page, application: Application) -> None:
    await accept_all(page)
    before = await read_current(page)
    standing = application.context.live_sites.get("main").release.policy
    turned = replace(standing.facts, engagements=standing.facts.engagements[::-1])
    await publish(application.database, "main", replace(standing, facts=turned))
    await application.site_loader.refresh()
    assert application.context.live_sites.get("main").release.number == 2
    assert await read_current(page) == before


async def test_a_visitor_who_refused_is_not_asked_about_changes(page: Page, application: Application) -> None:
    page.token = (await page.choose({}, privacy_policy=False)).json()["token"]
    await publish_moved(application, "twilio", "CA")
    answer = await read_current(page)
    assert (answer["state"], answer["purposes_to_ask"], answer["changes"]) == ("refused", [], [])


@pytest.mark.parametrize("is_granted", [True, False])
async def test_a_partial_answer_leaves_the_rest_unchanged(
    page: Page, application: Application, is_granted: bool
) -> None:
    await accept_all(page)
    await publish_moved(application, "twilio", "CA")
    answer = (await page.choose({"support": is_granted}, privacy_policy=is_granted)).json()
    assert answer["purposes"] == {
        "necessary": True,
        "support": is_granted,
        "newsletter": True,
        "analytics": True,
        "marketing": False,
    }
    assert answer["unlocked"] == (["contact", "chat", "newsletter"] if is_granted else ["newsletter"])
    assert (await read_current(page))["state"] == "granted"


async def test_a_scripted_partial_refusal_keeps_the_other_grants(page: Page, application: Application) -> None:
    await accept_all(page)
    await publish_moved(application, "twilio", "CA")
    answer = await page.choose({"support": False}, privacy_policy=False, gesture="scripted")
    assert (answer.status_code, answer.json()["unlocked"]) == (201, ["newsletter"])


async def test_a_part_cannot_be_granted_by_a_script(page: Page, application: Application) -> None:
    await accept_all(page)
    await publish_moved(application, "twilio", "CA")
    answer = await page.choose({"support": True}, privacy_policy=False, gesture="scripted")
    assert answer.json()["code"] == "gesture_required"


async def test_of_two_changed_terms_the_unanswered_one_stays_stale(page: Page, application: Application) -> None:
    await accept_all(page)
    await publish_moved(application, "twilio", "CA")
    await publish_moved(application, "linode-eu", "FR")
    assert (await read_current(page))["purposes_to_ask"] == ["newsletter", "support"]
    await page.choose({"support": True})
    answer = await read_current(page)
    assert (answer["stale"], answer["purposes_to_ask"]) == (["newsletter"], ["newsletter"])
    assert [(feature, kind) for feature, kind, _ in list_changes(answer)] == [
        ("newsletter", "relocated")
    ]  # in words, still
    assert (await page.post("newsletter", ADDRESS)).json()["code"] == "consent_stale"


async def test_where_nothing_changed_unnamed_purposes_are_refused(page: Page) -> None:
    await accept_all(page)
    assert (await page.choose({"support": True})).json()["unlocked"] == ["contact", "chat"]


async def test_naming_nothing_refuses_everything(page: Page, application: Application) -> None:
    await accept_all(page)
    await publish_moved(application, "twilio", "CA")
    assert (await page.choose({}, privacy_policy=False)).json()["unlocked"] == []
    assert (await read_current(page))["state"] == "refused"


async def test_an_answer_that_was_carried_over_expires_six_months_after_it_was_given(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now()
    await accept_all(page)
    await publish_moved(application, "twilio", "CA")
    set_clock(monkeypatch, start + timedelta(days=100))
    await page.choose({"support": True})
    set_clock(monkeypatch, start + timedelta(days=190))
    answer = await read_current(page)
    assert (answer["state"], answer["unlocked"], answer["stale"]) == ("stale", ["contact", "chat"], ["newsletter"])
    assert {each["kind"] for each in answer["changes"]} == {"expired"}
    assert answer["purposes_to_ask"] == ["analytics", "marketing", "newsletter"]
    await page.choose({"newsletter": True, "analytics": False, "marketing": False})
    answer = await read_current(page)
    assert (answer["state"], answer["unlocked"]) == ("granted", ["contact", "chat", "newsletter"])
    set_clock(monkeypatch, start + timedelta(days=290))
    assert (await read_current(page))["purposes_to_ask"] == ["support"]


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


async def test_a_new_privacy_policy_makes_features_stale_but_no_cookies(
    page: Page, application: Application, site: SiteSettings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await accept_all(page)
    folder = tmp_path_factory.mktemp("privacy")
    for file in site.privacy_policy.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "version.txt").write_text("2099-01-01\n")
    async with restart(application, page, replace(site, privacy_policy=folder)) as new_page:
        answer = await read_current(new_page)
        assert (answer["stale"], answer["purposes_to_ask"]) == (
            ["contact", "chat", "newsletter"],
            ["newsletter", "support"],
        )
        assert {each["kind"] for each in answer["changes"]} == {"privacy_policy"}
        await new_page.choose({"support": True, "newsletter": True}, privacy_policy=False)
        assert (await read_current(new_page))["stale"] == ["contact", "chat", "newsletter"]
        await new_page.choose({"support": True, "newsletter": True}, privacy_policy=True)
        assert (await read_current(new_page))["state"] == "granted"
        read = consents.select().where(consents.c.kind == "acknowledgement").order_by(consents.c.seq)
        rows = await application.database.read(lambda c: c.execute(read).all())
        assert [row.privacy_policy for row in rows][1:] == ["2099-01-01"]


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "The controller is now Zed AS, previously {before}"),
        ("nb", "Behandlingsansvarlig er nå Zed AS, tidligere {before}"),
    ],
)
async def test_another_controller_is_named_beside_the_one_before(
    page: Page, application: Application, site: SiteSettings, locale: str, text: str
) -> None:
    await accept_all(page)
    async with restart(application, page, replace(site, controller="Zed AS")) as new_page:
        answer = await read_current(new_page, locale)
        assert ("chat", "controller", text.format(before=site.controller)) in list_changes(answer)
        assert {each["kind"] for each in answer["changes"]} == {"controller"}


async def test_a_new_purpose_is_not_asked_of_visitors_who_decided(
    page: Page, application: Application, site: SiteSettings
) -> None:
    fewer = {name: each for name, each in site.purposes.items() if name != "analytics"}
    async with restart(application, page, replace(site, purposes=fewer)) as before:
        before.token = (await before.choose({"support": True})).json()["token"]
        page.token = before.token
    answer = await read_current(page)
    assert (answer["state"], answer["purposes_to_ask"], answer["purposes"].get("analytics")) == ("granted", [], None)


async def test_a_removed_purpose_asks_nobody_and_can_still_be_read(
    page: Page, application: Application, site: SiteSettings
) -> None:
    choice = await accept_all(page)
    purposes_left = {name: each for name, each in site.purposes.items() if name not in ("analytics", "marketing")}
    async with restart(application, page, replace(site, purposes=purposes_left)) as new_page:
        answer = await read_current(new_page)
        assert (answer["state"], answer["purposes_to_ask"], answer["purposes"]["analytics"]) == ("granted", [], True)
        receipt = await new_page.client.get(f"/main/en/receipt/{choice['receipt']}")
        assert (receipt.status_code, "Statistics" in receipt.text) == (200, True)
        changed = (await new_page.choose({"support": True})).json()
        assert changed["purposes"] == {"necessary": True, "newsletter": False, "support": True}
        assert (await new_page.withdraw()).json()["state"] == "withdrawn"


async def test_words_that_were_changed_without_a_change_of_what_they_say_ask_nobody_again(
    page: Page, application: Application, site: SiteSettings
) -> None:
    former = {"contact.locked": "The contact form opens once you agree to what it needs."}
    overrides = {"en": former, "nb": {"contact.locked": "Kontaktskjemaet åpnes når du godtar det skjemaet trenger."}}
    await accept_all(page)
    async with restart(application, page, replace(site, text_overrides=overrides)) as new_page:
        answer = await read_current(new_page)
        assert (answer["state"], answer["changes"]) == ("granted", [])
        assert (await new_page.boot(locale="en"))["strings"]["contact.locked"] == former["contact.locked"]


async def test_another_lifetime_of_a_purpose_is_asked_again(
    page: Page, application: Application, site: SiteSettings
) -> None:
    await accept_all(page)
    longer = site.purposes | {"newsletter": PurposeSettings(separate=True, retention_days=900)}
    async with restart(application, page, replace(site, purposes=longer)) as new_page:
        assert [(feature, kind) for feature, kind, _ in list_changes(await read_current(new_page))] == [
            ("newsletter", "wording")
        ]
