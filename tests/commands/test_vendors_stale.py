"""`forecourt vendors stale` lists the facts of the directory that are older than a year, or than the days given."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from forecourt import clock
from forecourt.__main__ import main
from forecourt.policy.vendor_directory.directory_reader import load_directory

FACTS = [(vendor.id, key, fact) for vendor in load_directory() for key, fact in vendor.sourced_facts()]
LAST_READ = max(fact.read for _, _, fact in FACTS)

Command = Callable[..., str]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command some days after the directory was last read."""

    def run(days_later: int, *arguments: str) -> str:
        moment = datetime(LAST_READ.year, LAST_READ.month, LAST_READ.day, tzinfo=UTC) + timedelta(days=days_later)
        monkeypatch.setattr(clock, "now", lambda: moment)
        assert main(["vendors", "stale", *arguments]) == 0
        return capsys.readouterr().out

    return run


def test_after_a_year_and_a_day_every_fact_is_stale(command: Command) -> None:
    *lines, summary = command(366).splitlines()
    assert {tuple(line.split("  ")) for line in lines} == {
        (fact.read.isoformat(), vendor, key, fact.source) for vendor, key, fact in FACTS
    }
    count, vendors = len(FACTS), len(load_directory())
    assert summary == f"{count} of {count} facts about {vendors} vendors were read more than 365 days ago."


def test_what_was_read_a_year_ago_to_the_day_is_not_stale(command: Command) -> None:
    newest = [key for vendor, key, fact in FACTS if fact.read == LAST_READ]
    assert len(command(365).splitlines()) == 1 + len(FACTS) - len(newest)


def test_the_age_can_be_given_and_the_answer_be_json(command: Command) -> None:
    rows = json.loads(command(31, "--older-than-days", "30", "--json"))
    assert len(rows) == len(FACTS)
    row = next(row for row in rows if (row["vendor"], row["key"]) == ("hetzner", "entities.0.legal_name"))
    assert row["value"] == "Hetzner Online GmbH"
    assert row["source"].startswith("https://")
    assert [row["read"] for row in rows] == sorted(row["read"] for row in rows)
    older = [fact for _, _, fact in FACTS if fact.read < LAST_READ]
    assert len(json.loads(command(30, "--older-than-days", "30", "--json"))) == len(older)


@pytest.mark.parametrize("days", ["-1", "many", "36501", "9" * 5000, "٣"])
def test_an_age_that_is_no_number_of_days_is_refused(days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["vendors", "stale", f"--older-than-days={days}"])
    assert stopped.value.code == 2
    assert "give a number of days from 0 to 36500" in capsys.readouterr().err
