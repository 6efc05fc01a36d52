"""Agents sign in by password or by a one-time link; a session ends with its time and with its password."""

import subprocess
import sys
from datetime import timedelta

import httpx
import pytest

from forecourt.app import Application
from forecourt.console import passwords
from forecourt.console.accounts import save_agent
from forecourt.console.agents import create_sign_in_link, find_agent, find_agent_id
from forecourt.console.passwords import PasswordHash, hash_password
from forecourt.console.session_cookie import SESSION_COOKIE
from forecourt.errors import Invalid
from forecourt.settings.server import Settings, override
from tests.deadline import DEADLINE
from tests.engines import refused_alike

from .browser import EMAIL, PASSWORD, Browser

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return override(settings, limits=True)


async def test_a_page_of_the_console_sends_a_stranger_to_sign_in_and_back(browser: Browser, agent: str) -> None:
    answer = await browser.get("/console/?show=waiting")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/console/sign-in?next=%2Fconsole%2F%3Fshow%3Dwaiting",
    )
    answer = await browser.sign_in(next_page="/console/?show=waiting")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/?show=waiting")
    assert (await browser.get("/console/?show=waiting")).status_code == 200


async def test_what_a_page_fetches_answers_403_and_lets_htmx_load_it_anew(browser: Browser) -> None:
    for path in ("/console/inbox", "/console/events"):
        answer = await browser.get_fragment(path)
        assert (answer.status_code, answer.headers["hx-refresh"]) == (403, "true")


async def test_the_cookie_is_kept_from_scripts_and_from_other_sites(browser: Browser, agent: str) -> None:
    cookie = (await browser.sign_in()).headers["set-cookie"]
    for part in (f"{SESSION_COOKIE}=", "HttpOnly", "SameSite=strict", "Path=/console", "Max-Age=43200"):
        assert part in cookie
    assert "Secure" not in cookie


async def test_by_https_the_cookie_is_one_that_no_other_host_can_set(settings: Settings, agent: str) -> None:
    from forecourt.db.database import open_database
    from forecourt.signing_keys import SigningKeys

    settings = override(settings, public_url="https://support.example.com")
    other = Application(settings, open_database(settings.database_url, settings.data), SigningKeys(("test key",)))
    await other.database.start()
    transport = httpx.ASGITransport(other.asgi)
    async with httpx.AsyncClient(base_url=other.address, transport=transport, timeout=DEADLINE) as client:
        browser = Browser(client, other.address)
        name, _, attributes = (await browser.sign_in()).headers["set-cookie"].partition("=")
        assert name == f"__Host-{SESSION_COOKIE}"
        assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(attributes.split("; "))
        assert "domain" not in attributes.lower()
        assert (await browser.get("/console/")).status_code == 200
        value = client.cookies[name]
        assert (await browser.post("/console/sign-out")).headers["set-cookie"].startswith(f'{name}=""')
        assert (await browser.get("/console/")).status_code == 303
        # The name without the prefix can come from any host of the domain, and by HTTP.
        assert (await browser.get("/console/", cookie=f"{SESSION_COOKIE}={value}")).status_code == 303
    await other.database.close()


@refused_alike
@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.com", PASSWORD), ("", "")])
async def test_a_wrong_password_and_an_unknown_address_read_the_same(
    browser: Browser, agent: str, email: str, password: str
) -> None:
    answer = await browser.sign_in(email, password)
    assert answer.status_code == 422
    assert "No account has this address and this password." in answer.text
    assert f'value="{email}"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_an_unknown_address_costs_the_same_work(
    browser: Browser, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []

    class Counting:
        def hash(self, password: str) -> str:
            done.append("hash")
            return "x"

        def verify(self, old_hash: str, password: str) -> bool:
            done.append("verify")
            return False

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    await browser.sign_in("nobody@example.com")
    await browser.sign_in(EMAIL)
    assert done == ["hash", "verify"]


@refused_alike
@pytest.mark.parametrize(
    "next_page",
    [
        "https://evil.example/",
        "//evil.example/console/",
        "/\\evil.example",
        "/main/en/",
        "/console/\r\nx: y",
        "javascript:alert(1)",
    ],
)
async def test_signing_in_leads_nowhere_but_to_the_console(browser: Browser, agent: str, next_page: str) -> None:
    assert (await browser.sign_in(next_page=next_page)).headers["location"] == "/console/"


async def test_signing_out_ends_the_session_in_this_browser(signed_in: Browser) -> None:
    answer = await signed_in.post("/console/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in")
    assert (await signed_in.get("/console/")).status_code == 303


async def test_a_changed_password_ends_the_sessions_of_the_old_one(
    signed_in: Browser, application: Application
) -> None:
    assert (await signed_in.get("/console/")).status_code == 200
    fresh = hash_password("another long password")
    await application.database.write(lambda c: save_agent(c, EMAIL, "Kari Nordmann", fresh))
    assert (await signed_in.get("/console/")).status_code == 303
    assert (await signed_in.sign_in()).status_code == 422
    assert (await signed_in.sign_in(password="another long password")).status_code == 303


@refused_alike
@pytest.mark.parametrize("value", ["", "x", "a.b.c.d", "x" * 5000])
async def test_a_forged_cookie_opens_nothing(browser: Browser, agent: str, value: str) -> None:
    assert (await browser.get("/console/", cookie=f"{SESSION_COOKIE}={value}")).status_code == 303


async def test_a_one_time_link_works_once_and_only_by_its_button(
    browser: Browser, agent: str, application: Application
) -> None:
    link = "/console/link/" + await application.database.write(lambda c: create_sign_in_link(c, agent, HOUR))
    for _ in range(2):
        assert (await browser.get(link)).status_code == 200
        assert (await browser.client.head(link)).status_code == 200
    answer = await browser.post(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")
    assert (await browser.get("/console/")).status_code == 200
    browser.client.cookies.clear()
    assert [(await browser.post(link)).status_code, (await browser.get(link)).status_code] == [410, 410]
    assert (await browser.get("/console/")).status_code == 303


async def test_a_link_that_is_too_old_or_of_another_purpose_signs_nobody_in(
    browser: Browser, agent: str, application: Application
) -> None:
    from forecourt import one_time_links

    old = await application.database.write(lambda c: create_sign_in_link(c, agent, -HOUR))
    other = await application.database.write(lambda c: one_time_links.create(c, "newsletter.confirm", agent, HOUR))
    for secret in (old, other, "x"):
        answer = await browser.post(f"/console/link/{secret}")
        assert answer.status_code == 410
        assert "set-cookie" not in answer.headers


async def test_a_link_from_a_mail_program_reaches_the_page_of_a_signed_in_agent(signed_in: Browser) -> None:
    """A browser that comes from elsewhere keeps a Strict cookie back; our own page then asks once more."""
    cookies = dict(signed_in.client.cookies)
    signed_in.client.cookies.clear()
    answer = await signed_in.get("/console/", **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0">' in answer.text
    assert "Kari" not in answer.text
    signed_in.client.cookies.update(cookies)
    answer = await signed_in.get("/console/", **{"sec-fetch-site": "same-origin"})
    assert "Kari" in answer.text


async def test_an_agent_added_again_gets_the_new_name_and_password(application: Application, agent: str) -> None:
    fresh = PasswordHash("$argon2id$fresh")
    same_agent = await application.database.write(lambda c: save_agent(c, EMAIL.upper(), "Kari N.", fresh))
    stored_agent = await application.database.read(lambda c: find_agent(c, agent))
    assert same_agent == agent
    assert stored_agent is not None
    assert (stored_agent.email, stored_agent.name, stored_agent.password_hash) == (EMAIL, "Kari N.", "$argon2id$fresh")
    assert await application.database.read(lambda c: find_agent_id(c, EMAIL.upper())) == agent
    assert await application.database.read(lambda c: find_agent_id(c, "nobody@example.com")) is None


async def test_an_agent_without_an_address_is_refused(application: Application) -> None:
    with pytest.raises(Invalid):
        await application.database.write(lambda c: save_agent(c, "no address", "X", PasswordHash("x")))


def test_a_password_is_hashed_with_argon2id_as_rfc_9106_recommends_second() -> None:
    """In a process of its own, since tests hash with less."""
    code = "from forecourt.console.passwords import hash_password; print(hash_password('correct horse battery').value)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_a_password_kept_with_weaker_parameters_is_hashed_anew(
    browser: Browser, application: Application
) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHash(PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD))
    agent = await application.database.write(lambda c: save_agent(c, EMAIL, "Kari", weak))
    assert (await browser.sign_in()).status_code == 303
    stored_agent = await application.database.read(lambda c: find_agent(c, agent))
    assert stored_agent is not None
    assert not passwords.needs_rehash(stored_agent.password_hash)
    assert (await browser.get("/console/")).status_code == 200


async def test_a_form_that_is_no_form_is_refused_in_words(browser: Browser) -> None:
    own_headers = {"sec-fetch-site": "same-origin", "origin": browser.address}
    answer = await browser.client.post("/console/sign-in", json={"email": "x"}, headers=own_headers)
    assert answer.status_code == 415
    form = own_headers | {"content-type": "application/x-www-form-urlencoded"}
    for raw in (b"email=%ff%fe", b"email=\xff", b"&".join(b"a=1" for _ in range(50))):
        answer = await browser.client.post("/console/sign-in", content=raw, headers=form)
        assert answer.status_code == 400, raw
