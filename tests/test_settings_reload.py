"""Changed settings are taken up while the server serves: no stream ends for it, and wrong ones change nothing."""

import json
import os
import pty
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from forecourt.app import Application
from forecourt.db import sqlite
from forecourt.errors import SettingsBroken
from forecourt.resources import SAMPLE
from forecourt.settings.server import Settings, SmtpSettings
from forecourt.settings.site import FeatureSettings, SiteSettings
from forecourt.settings_reload import SettingsReload, hangup_signals
from forecourt.web import sse

from .chat.test_stream import Reader
from .deadline import DEADLINE, wait_until
from .engines import on_sqlite
from .forecourt_process import PROGRAM, ForecourtProcess
from .page import EVERYTHING, ORIGIN, Page
from .replies import post_reply

SHOP = "https://shop.example"
SETTINGS = f"""
hsts_days = 7
[sites.main]
origins = ["{ORIGIN}"]
controller = "Example AS"
email = "a@example.com"
policy = "{SAMPLE / "policy"}"
privacy_policy = "{SAMPLE / "privacy"}"
"""


class Visitor:
    """Calls a process as a page's widget does."""

    def __init__(self, address: str, token: str = "", conversation: str = ""):
        self.client = httpx.Client(base_url=f"{address}/v1/sites/main", timeout=DEADLINE)
        self.token, self.conversation = token, conversation

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def start_conversation(self) -> None:
        notice = self.client.get("boot?locale=en").json()["consent"]["notice_hash"]
        choice = {"purposes": EVERYTHING, "privacy_policy": True, "locale": "en", "source": "banner"}
        self.token = self.post("consents", choice | {"notice_hash": notice, "gesture": "trusted"}).json()["token"]
        self.conversation = self.post("conversations", {}).json()["id"]

    def send(self, body: str) -> int:
        return int(self.post(f"conversations/{self.conversation}/messages", {"key": body, "body": body}).json()["seq"])

    def post(self, path: str, body: dict[str, Any], origin: str = ORIGIN) -> httpx.Response:
        return self.client.post(path, json=body, headers=self.headers() | {"origin": origin})

    def stream(self, after: int) -> Any:
        return self.client.stream(
            "GET", f"conversations/{self.conversation}/events?after={after}", headers=self.headers()
        )

    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


def events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    return (json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: "))


def test_a_hangup_takes_changed_settings_up_and_a_stream_goes_on(tmp_path: Path) -> None:
    path, data = tmp_path / "forecourt.toml", tmp_path / "data"
    path.write_text(SETTINGS)
    with ForecourtProcess(PROGRAM, data, folder=tmp_path) as served, Visitor(served.forecourt) as visitor:
        visitor.start_conversation()
        with visitor.stream(0) as response:
            stream = events(response.iter_lines())
            visitor.send("one")
            assert next(stream)["body"] == "one"
            assert visitor.post("consents", {}, SHOP).json()["code"] == "origin_refused"

            path.write_text(SETTINGS.replace(f'"{ORIGIN}"', f'"{ORIGIN}", "{SHOP}"') + "[connections]\nmaximum = 500\n")
            served.process.send_signal(signal.SIGHUP)
            assert "hold: sites.main.origins\n" in served.wait_until_logged("from now on")
            assert "connections.maximum" in served.wait_until_logged("only after a restart")
            assert visitor.post("consents", {}, SHOP).json()["code"] == "invalid"
            visitor.send("two")
            assert next(stream)["body"] == "two"

            path.write_text(SETTINGS.replace("origins", "orgins"))
            served.process.send_signal(signal.SIGHUP)
            served.wait_until_logged("not taken up")
            served.wait_until_logged("sites.main.orgins is not a setting. Did you mean sites.main.origins?")
            assert visitor.post("consents", {}, SHOP).json()["code"] == "invalid"
            visitor.send("three")
            assert next(stream)["body"] == "three"


def test_a_stream_resumes_after_a_restart_where_it_ended(tmp_path: Path) -> None:
    path, data = tmp_path / "forecourt.toml", tmp_path / "data"
    path.write_text(SETTINGS)
    with ForecourtProcess(PROGRAM, data, folder=tmp_path) as served, Visitor(served.forecourt) as visitor:
        visitor.start_conversation()
        with visitor.stream(0) as response:
            stream = events(response.iter_lines())
            cursor = visitor.send("before")
            assert next(stream)["seq"] == cursor
            served.process.terminate()
            assert list(stream) == [{"reason": "restart"}]
    engine = sqlite.make_engine(data / "forecourt.sqlite3")
    with engine.begin() as connection:
        post_reply(connection, visitor.conversation, "agent", "k", "while it was away")
    engine.dispose()
    path.write_text(SETTINGS.replace("hsts_days = 7", "hsts_days = 8"))
    with (
        ForecourtProcess(PROGRAM, data, folder=tmp_path) as restarted,
        Visitor(restarted.forecourt, visitor.token, visitor.conversation) as visitor,
        visitor.stream(cursor) as response,
    ):
        stream = events(response.iter_lines())
        visitor.send("after")
        messages = [next(stream) for _ in range(2)]
    assert [message["body"] for message in messages] == ["while it was away", "after"]
    assert [message["seq"] for message in messages] == [cursor + 1, cursor + 2]


def test_a_terminal_that_is_closed_ends_the_server(tmp_path: Path) -> None:
    (tmp_path / "forecourt.toml").write_text(SETTINGS)
    command = [*PROGRAM, "serve", "--port", "0", "--settings", str(tmp_path / "forecourt.toml")]
    process, terminal = pty.fork()
    if process == 0:
        os.execvp(command[0], [*command, "--data", str(tmp_path / "data")])
    with os.fdopen(terminal, "rb", 0) as output:
        read = b""
        while not (address := re.search(rb"http://\S+/\r?\n", read)):
            read += output.read(1000)
        assert httpx.get(f"{address[0].decode().strip()}healthz", timeout=DEADLINE).status_code == 200
    try:
        wait_until(lambda: os.waitpid(process, os.WNOHANG)[0])
    except AssertionError:
        os.kill(process, signal.SIGKILL)
        raise


class Reload:
    """Changes the settings of an application in this process. `application` is the one that serves now."""

    def __init__(self, application: Application):
        self.application, self._settings = application, application.settings
        self._reload = SettingsReload(application, self._read, self._install)

    async def change(self, **values: Any) -> None:
        self._settings = replace(self.application.settings, **values)
        await self._reload.reload()

    async def change_site(self, **values: Any) -> None:
        sites = self.application.settings.sites
        await self.change(sites=sites | {"main": replace(sites["main"], **values)})

    def _read(self) -> Settings:
        if not self._settings.sites:
            raise SettingsBroken("one fault.\nanother fault.")
        return self._settings

    def _install(self, application: Application) -> None:
        self.application = application


@pytest.fixture
def reload(application: Application) -> Reload:
    return Reload(application)


@asynccontextmanager
async def page_of(reload: Reload) -> AsyncIterator[Page]:
    transport = httpx.ASGITransport(reload.application.asgi, raise_app_exceptions=False)
    async with httpx.AsyncClient(base_url=reload.application.address, transport=transport, timeout=DEADLINE) as client:
        yield Page(client)


@pytest.mark.anyio
async def test_a_stream_reads_under_the_settings_of_now(
    live_page: Page, reload: Reload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On both databases: it goes on, is woken, and ends once the visitor's consent is no longer enough."""
    monkeypatch.setattr(sse, "HEARTBEAT", 3600)  # nothing else sends what no wake-up sent
    await live_page.accept()
    conversation = await live_page.converse()
    async with live_page.stream(f"conversations/{conversation}/events") as response:
        reader = Reader(response.aiter_lines())
        await reload.change_site(unanswered_alert_minutes=7.0)
        post = {"key": "a", "body": "Hei"}
        assert (await live_page.post(f"conversations/{conversation}/messages", post)).status_code == 201
        assert (await reader.frame())["body"] == "Hei"
        await reload.change_site(chat=FeatureSettings(("support", "newsletter"), ("twilio",)))
        assert await reader.frame() == {"event": "closed", "reason": "withdrawn"}


@pytest.mark.anyio
async def test_the_workers_of_the_new_settings_run(application: Application, reload: Reload) -> None:
    """And those of the old ones do not, but for what does not depend on settings."""
    before = dict(application._tasks._tasks)
    await reload.change(smtp=SmtpSettings(host="relay.example"), mail_from="new@example.com")
    after = application._tasks._tasks
    assert before.keys() == after.keys()
    lasting = {name for name in after if after[name] is before[name]}
    assert lasting == {"health", "consent log", "unnamed files", "snoozes"}
    assert all(task.cancelled() or task is after[name] for name, task in before.items())
    assert reload.application.context.mail_from == "new@example.com"


@on_sqlite
@pytest.mark.anyio
async def test_mails_under_way_are_not_disturbed_by_what_does_not_concern_them(
    application: Application, reload: Reload
) -> None:
    before = dict(application._tasks._tasks)
    await reload.change(hsts_days=1)
    after = application._tasks._tasks
    assert {name for name in after if after[name] is before[name]} >= {"outbox of mail", "outbox of webhook"}


@on_sqlite
@pytest.mark.anyio
async def test_wrong_settings_change_nothing(
    application: Application, reload: Reload, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = dict(application._tasks._tasks)
    await reload.change(sites={})
    await reload.change_site(locales=("en", "de"))
    await reload.change_site(privacy_policy=tmp_path / "none")
    assert reload.application is application
    assert application._tasks._tasks == before
    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert [line for line in errors if "not taken up" in line] == [errors[0]] * 3
    assert {"one fault.", "another fault."} <= set(errors)
    assert any("de has no catalogue" in line for line in errors)


@on_sqlite
@pytest.mark.anyio
async def test_a_site_comes_and_another_goes(application: Application, reload: Reload, site: SiteSettings) -> None:
    await reload.change(sites={"shop": replace(site, origins=(SHOP,)), "main": site})
    async with page_of(reload) as page:
        assert (await page.client.get("/v1/sites/other/boot")).status_code == 404
        assert (await page.client.get("/v1/sites/shop/boot")).status_code == 200
        assert (await page.client.get("/.well-known/subprocessors.json")).status_code == 200
        metrics = (await page.client.get("/metrics")).text
    assert 'task="unanswered chats of shop"' in metrics
    assert 'task="unanswered chats of other"' not in metrics
    assert [live_site.name for live_site in application.context.live_sites] == ["shop", "main"]


@on_sqlite
@pytest.mark.anyio
async def test_what_visitors_see_changes_at_once(page: Page, reload: Reload) -> None:
    boot = await page.boot(locale="en")
    texts = {"en": {"banner.title": "Your choice"}, "nb": {"banner.title": "Ditt valg"}}
    await reload.change_site(text_overrides=texts, controller="New AS")
    assert (await page.boot(locale="en"))["strings"]["banner.title"] == "Your choice" != boot["strings"]["banner.title"]


@on_sqlite
@pytest.mark.anyio
async def test_limits_are_counted_on_after_a_reload(application: Application, reload: Reload) -> None:
    await reload.change(limits=True)
    limited = reload.application.context.rate_limiter
    await reload.change(hsts_days=9)
    assert reload.application.context.rate_limiter._counter is limited._counter


@on_sqlite
@pytest.mark.anyio
async def test_what_needs_a_restart_keeps_its_value(
    application: Application, reload: Reload, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await reload.change(port=1, data=tmp_path / "elsewhere", secrets=("a secret of its own",), hsts_days=3)
    settings = reload.application.settings
    assert (settings.port, settings.data, settings.secrets) == (8000, tmp_path, ())
    assert settings.hsts_days == 3
    lines = "\n".join(record.message for record in caplog.records)
    assert "from now on these hold: hsts_days" in lines
    assert "hold only after a restart: port, data, secrets" in lines
    assert "a secret of its own" not in lines


@on_sqlite
@pytest.mark.anyio
async def test_an_unexpected_fault_changes_nothing_and_is_logged(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    def read() -> Settings:
        raise RuntimeError("the disk sang")

    installed: list[Application] = []
    await SettingsReload(application, read, installed.append).reload()
    assert installed == []
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "those of before stay, because of an unexpected fault" in record.message
    assert record.exc_info


@on_sqlite
@pytest.mark.anyio
async def test_settings_that_are_the_same_are_said_to_be(reload: Reload, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await reload.change()
    assert "nothing changed that a running server takes up" in caplog.text
    assert "from now on these hold" not in caplog.text


@pytest.mark.anyio
async def test_without_such_a_signal_nothing_is_ever_set(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = signal.getsignal(signal.SIGHUP)
    monkeypatch.delattr(signal, "SIGHUP")
    async with hangup_signals() as signals:
        assert not signals.is_set()
        assert signal.getsignal(1) == handler
