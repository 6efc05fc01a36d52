"""Checks the evidence of who was notified of what and when, and that others can verify it."""

import csv
import hashlib
import io
import os
import subprocess
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785

from forecourt import clock
from forecourt.app import Application
from forecourt.db.tables import change_notice_details, change_notices, deliveries, followers
from forecourt.followers import evidence
from forecourt.json_stream import encode_array
from forecourt.settings.server import RetentionSettings
from forecourt.visitor import retention_worker
from tests.deadline import wait_until_async
from tests.followers.follow_steps import (
    DPO,
    confirm_follow,
    plan_notices,
    publish,
    read_notices,
    read_rows,
    relocated,
)
from tests.forecourt_process import PROGRAM
from tests.page import Page

pytestmark = pytest.mark.anyio


async def notify(page: Page, application: Application, email: str = DPO) -> None:
    await confirm_follow(page, application, email, region="EU")
    await publish(application, relocated())
    await plan_notices(application)


async def export(application: Application, release: int | None = None) -> list[Any]:
    pieces = [each async for each in encode_array(evidence.read_evidence(application.database, "main", release))]
    notices_exported: list[Any] = msgspec.json.decode("".join(pieces))
    return notices_exported


async def export_csv(application: Application) -> list[dict[str, str]]:
    pieces = [each async for each in evidence.to_csv(evidence.read_evidence(application.database, "main"))]
    return list(csv.DictReader(io.StringIO("".join(pieces).removeprefix("\ufeff"), newline="")))


async def test_it_says_who_was_notified_of_what_and_when(page: Page, application: Application) -> None:
    await notify(page, application)
    await wait_until_async(partial(read_rows, application, deliveries))
    (notice,) = await export(application)
    assert (notice["release"], notice["sha256"]) == (2, application.context.live_sites.get("main").release.sha256)
    assert (notice["address"], notice["locale"], notice["region"], notice["channels"]) == (DPO, "en", "EU", ["mail"])
    assert notice["notice"]["changes"][0]["engagement"] == "linode-eu"
    assert [(one["channel"], one["outcome"]) for one in notice["deliveries"]] == [("mail", "accepted")]


async def test_others_can_verify_words_and_address(page: Page, application: Application) -> None:
    await notify(page, application)
    (notice,) = await export(application)
    assert hashlib.sha256(rfc8785.dumps(notice["notice"])).hexdigest() == notice["content"]
    assert hashlib.sha256(f"{notice['salt']}{notice['address']}".encode()).hexdigest() == notice["commitment"]


async def test_the_proof_stays_when_the_address_is_erased(page: Page, application: Application) -> None:
    await notify(page, application)
    await application.database.write(lambda c: c.execute(change_notice_details.delete()) and None)
    (notice,) = await export(application)
    assert (notice["address"], notice["salt"], len(notice["commitment"])) == ("erased", "erased", 64)
    assert DPO not in str(notice)


async def test_no_cell_is_a_formula(page: Page, application: Application) -> None:
    await notify(page, application, "=cmd+1@example.com")
    assert [each["address"] for each in await export_csv(application)][:1] == ["'=cmd+1@example.com"]


async def test_the_table_has_one_row_for_each_delivery(page: Page, application: Application) -> None:
    await notify(page, application)
    cause = f"change:{(await read_notices(application))[0].id}"
    await wait_until_async(partial(read_rows, application, deliveries))
    row = {"outbox_key": cause, "outcome": "bounced", "code": 550, "created_at": clock.now()}
    await application.database.write(lambda c: c.execute(deliveries.insert(), row) and None)
    assert [(each["outcome"], each["code"]) for each in await export_csv(application)] == [
        ("accepted", "0"),
        ("bounced", "550"),
    ]
    assert set((await export_csv(application))[0]) == set(evidence.COLUMNS)


async def test_the_changes_cell_has_the_date_and_the_deadline_for_objections(
    page: Page, application: Application
) -> None:
    policy, day = relocated(), clock.now().date() + timedelta(days=40)
    facts = policy.facts
    remaining = tuple(each for each in facts.engagements if each.id != "websupport")
    await confirm_follow(page, application, region="EU")
    await publish(application, replace(policy, facts=replace(facts, engagements=remaining)))
    await plan_notices(application)
    moved, gone = (await export_csv(application))[0]["changes"].split("; ")
    assert moved.endswith(f" (from {day}, objections until {day})")
    assert gone.endswith(".")


async def test_every_notice_is_exported_once_over_several_pages(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    await notify(page, application)
    await publish(application, relocated("linode-uk", of=relocated()))
    await plan_notices(application)
    row = dict((await read_notices(application))[0]._mapping)
    more = [row | {"id": f"n{each:04}", "follower": f"x{each:04}"} for each in range(450)]
    await application.database.write(lambda c: c.execute(change_notices.insert(), more) and None)
    notices_exported = await export(application)
    assert len(notices_exported) == len({each["id"] for each in notices_exported}) == 451
    assert {each["release"] for each in notices_exported} == {2}
    assert await export(application, 3) == []
    assert len(await export(application, 2)) == 451


async def test_no_notices_give_an_empty_list(application: Application) -> None:
    assert await export(application) == []
    assert await export_csv(application) == []


async def test_the_command_writes_a_file_only_its_owner_can_read(
    page: Page, application: Application, tmp_path: Path
) -> None:
    await notify(page, application)
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
        process = subprocess.run([*command, *options], env=os.environ | url, capture_output=True, text=True)  # noqa: ASYNC221 - a test waits
        assert process.returncode == 0, process.stderr
        assert out.read_bytes().startswith(begins)
        assert DPO.encode() in out.read_bytes()
        assert out.stat().st_mode & 0o777 == 0o600


class TestRetention:
    async def count_after(self, application: Application, days: int) -> tuple[int, int, int]:
        now = clock.now() + timedelta(days=days)
        while await application.database.write(
            lambda c: retention_worker.delete_batch(c, application.settings.sites, RetentionSettings(), now)
        ):
            pass
        counts = [
            len(await read_rows(application, table)) for table in (followers, change_notice_details, change_notices)
        ]
        return counts[0], counts[1], counts[2]

    async def test_a_former_follower_is_deleted_and_a_confirmed_one_stays(
        self, page: Page, application: Application
    ) -> None:
        await confirm_follow(page, application, "stays@example.com")
        await confirm_follow(page, application, "left@example.com")
        leave = followers.update().where(followers.c.email == "left@example.com")
        values = leave.values(state="left", left_at=clock.now())
        await application.database.write(lambda c: c.execute(values) and None)
        assert (await self.count_after(application, 29))[0] == 2
        assert (await self.count_after(application, 31))[0] == 1

    async def test_a_notices_address_is_deleted_in_time_and_the_proof_stays(
        self, page: Page, application: Application
    ) -> None:
        await notify(page, application)
        days = application.settings.sites["main"].change_notice_evidence_days
        assert await self.count_after(application, days - 1) == (1, 1, 1)
        assert await self.count_after(application, days + 1) == (1, 0, 1)
