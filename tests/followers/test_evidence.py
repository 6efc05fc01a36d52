"""Evidence: who was told what, when, in a form that somebody else can check."""

import csv
import hashlib
import io
import os
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785

from forecourt import clock
from forecourt.app import Application
from forecourt.db.tables import change_notice_details, change_notices, deliveries, followers
from forecourt.followers import evidence
from forecourt.settings.server import RetentionSettings
from forecourt.visitor import retention
from tests.followers.sample import DPO, confirmed, follow, notices, plan, publish, relocated, rows
from tests.page import Page
from tests.served import PROGRAM

pytestmark = pytest.mark.anyio


async def told(page: Page, application: Application, email: str = DPO) -> None:
    await confirmed(page, application, email, region="EU")
    await publish(application, relocated())
    await plan(application)


async def exported(application: Application, release: int | None = None) -> list[Any]:
    pieces = [each async for each in evidence.as_json(evidence.read(application.database, "main", release))]
    found: list[Any] = msgspec.json.decode("".join(pieces))
    return found


async def table(application: Application) -> list[dict[str, str]]:
    pieces = [each async for each in evidence.as_csv(evidence.read(application.database, "main"))]
    return list(csv.DictReader(io.StringIO("".join(pieces).removeprefix("\ufeff"), newline="")))


async def test_it_says_who_was_told_what_and_when(page: Page, application: Application) -> None:
    await told(page, application)
    while not await rows(application, deliveries):
        pass
    (each,) = await exported(application)
    assert (each["release"], each["sha256"]) == (2, application.context.live_sites.get("main").release.sha256)
    assert (each["address"], each["locale"], each["region"], each["channels"]) == (DPO, "en", "EU", ["mail"])
    assert each["notice"]["changes"][0]["engagement"] == "linode-eu"
    assert [(one["channel"], one["outcome"]) for one in each["deliveries"]] == [("mail", "accepted")]


async def test_somebody_else_can_check_words_and_address(page: Page, application: Application) -> None:
    await told(page, application)
    (each,) = await exported(application)
    assert hashlib.sha256(rfc8785.dumps(each["notice"])).hexdigest() == each["content"]
    assert hashlib.sha256(f"{each['salt']}{each['address']}".encode()).hexdigest() == each["commitment"]


async def test_an_erased_address_leaves_the_proof(page: Page, application: Application) -> None:
    await told(page, application)
    await application.database.write(lambda c: c.execute(change_notice_details.delete()) and None)
    (each,) = await exported(application)
    assert (each["address"], each["salt"], len(each["commitment"])) == ("erased", "erased", 64)
    assert DPO not in str(each)


async def test_a_cell_is_no_formula(page: Page, application: Application) -> None:
    await told(page, application, "=cmd+1@example.com")
    assert [each["address"] for each in await table(application)][:1] == ["'=cmd+1@example.com"]


async def test_a_table_has_a_row_a_delivery(page: Page, application: Application) -> None:
    await told(page, application)
    cause = f"change:{(await notices(application))[0].id}"
    while not await rows(application, deliveries):
        pass
    row = {"cause": cause, "outcome": "bounced", "code": 550, "at": clock.now()}
    await application.database.write(lambda c: c.execute(deliveries.insert(), row) and None)
    assert [(each["outcome"], each["code"]) for each in await table(application)] == [
        ("accepted", "0"),
        ("bounced", "550"),
    ]
    assert set((await table(application))[0]) == set(evidence.COLUMNS)


async def test_a_cell_says_from_when_and_until_when_one_could_object(page: Page, application: Application) -> None:
    policy, day = relocated(), clock.now().date() + timedelta(days=40)
    facts = policy.facts
    kept = tuple(each for each in facts.engagements if each.id != "websupport")
    await confirmed(page, application, region="EU")
    await publish(application, replace(policy, facts=replace(facts, engagements=kept)))
    await plan(application)
    moved, gone = (await table(application))[0]["changes"].split("; ")
    assert moved.endswith(f" (from {day}, objections until {day})")
    assert gone.endswith(".")


async def test_every_notice_stands_in_it_once_however_many_pages_it_takes(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(page, application)
    await publish(application, relocated("linode-uk", of=relocated()))
    await plan(application)
    row = dict((await notices(application))[0]._mapping)
    more = [row | {"id": f"n{each:04}", "follower": f"x{each:04}"} for each in range(450)]
    await application.database.write(lambda c: c.execute(change_notices.insert(), more) and None)
    found = await exported(application)
    assert len(found) == len({each["id"] for each in found}) == 451
    assert {each["release"] for each in found} == {2}
    assert await exported(application, 3) == []
    assert len(await exported(application, 2)) == 451


async def test_nothing_told_is_an_empty_list(application: Application) -> None:
    assert await exported(application) == []
    assert await table(application) == []


async def test_the_command_writes_a_file_only_its_owner_can_read(
    page: Page, application: Application, tmp_path: Path
) -> None:
    await told(page, application)
    settings = tmp_path / "forecourt.toml"
    settings.write_text(
        "[sites.main]\norigins = ['https://x.example']\ncontroller = 'X'\nemail = 'a@x.example'\n"
        "policy = 'p'\nprivacy_policy = 'q'\n"
    )
    url = {"FORECOURT_DATABASE_URL": application.settings.database_url}
    for kind, begins in (("json", b"[\n"), ("csv", b"\xef\xbb\xbfsite,release")):
        out = tmp_path / f"evidence.{kind}"
        out.touch(0o644)
        command = [*PROGRAM, "policy", "evidence", "main", "--format", kind, "--out", str(out)]
        options = ["--settings", str(settings), "--data", str(tmp_path)]
        done = subprocess.run([*command, *options], env=os.environ | url, capture_output=True, text=True)  # noqa: ASYNC221 - a test waits
        assert done.returncode == 0, done.stderr
        assert out.read_bytes().startswith(begins)
        assert DPO.encode() in out.read_bytes()
        assert out.stat().st_mode & 0o777 == 0o600


class TestRetention:
    async def kept_after(self, application: Application, days: int) -> tuple[int, int, int]:
        now = clock.now() + timedelta(days=days)
        while await application.database.write(
            lambda c: retention.delete_piece(c, application.settings.sites, RetentionSettings(), now)
        ):
            pass
        counts = [len(await rows(application, each)) for each in (followers, change_notice_details, change_notices)]
        return counts[0], counts[1], counts[2]

    async def test_an_address_that_never_said_yes_goes(self, page: Page, application: Application) -> None:
        await follow(page)
        assert (await self.kept_after(application, 6))[0] == 1
        assert (await self.kept_after(application, 8))[0] == 0

    async def test_who_left_goes_and_who_follows_stays(self, page: Page, application: Application) -> None:
        await confirmed(page, application, "stays@example.com")
        await confirmed(page, application, "left@example.com")
        left = followers.update().where(followers.c.email == "left@example.com")
        values = left.values(state="left", left_at=clock.now())
        await application.database.write(lambda c: c.execute(values) and None)
        assert (await self.kept_after(application, 29))[0] == 2
        assert (await self.kept_after(application, 31))[0] == 1

    async def test_the_address_of_a_notice_goes_when_its_time_is_over_and_the_proof_stays(
        self, page: Page, application: Application
    ) -> None:
        await told(page, application)
        days = application.settings.sites["main"].evidence_days
        assert await self.kept_after(application, days - 1) == (1, 1, 1)
        assert await self.kept_after(application, days + 1) == (1, 0, 1)
