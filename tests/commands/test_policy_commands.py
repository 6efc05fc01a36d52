"""The policy commands publish a folder, show its changes before, and export what was published."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from forecourt import clock
from forecourt.__main__ import main
from forecourt.commands.database import run_with_database
from forecourt.policy import actions, drafts
from forecourt.policy.files import folder_reader
from forecourt.resources import SAMPLE
from forecourt.settings.loading import load_settings
from tests.policy.sample import FOLDER, policy

PAGE = Path(__file__).parents[1] / "policy" / "importing" / "pages" / "faults.en.html"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
Command = Callable[..., list[str]]


@pytest.fixture
def settings_file(database_url: str, tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "policy")
    path = tmp_path / "forecourt.toml"
    path.write_text(
        f"data = '.'\ndatabase_url = '{database_url}'\n[sites.main]\norigins = ['https://www.example.com']\n"
        f"controller = 'Example AS'\nemail = 'support@example.com'\npolicy = 'policy'\n"
        f"privacy_policy = '{SAMPLE / 'privacy'}'\n"
    )
    return path


@pytest.fixture
def command(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `forecourt policy ...`: the lines it says, the sentence of a refusal included."""

    def run(*arguments: object, status: int = 0) -> list[str]:
        assert main(["policy", *map(str, arguments), "--settings", str(settings_file)]) == status
        output = capsys.readouterr()
        return (output.out + output.err).splitlines()

    return run


@pytest.fixture
def published(command: Command) -> Command:
    command("publish", "main")
    return command


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rename(folder: Path, name: str) -> None:
    """Twilio, by which name the sample knows it, from today on."""
    facts = folder / "facts.toml"
    before, row, after = facts.read_text("utf-8").replace("Twilio, Inc.", name).partition("[engagements.twilio]")
    after = after.replace("effective = 2019-10-28", f"effective = {clock.now().date()}", 1)
    facts.write_text(before + row + after, "utf-8")


def test_the_published_sample_is_exported_byte_for_byte(published: Command, tmp_path: Path) -> None:
    [output] = published("export", "main", tmp_path / "out")
    assert output.startswith("Release 1 of main is in ")
    assert contents(tmp_path / "out") == contents(FOLDER)


def test_an_earlier_release_is_exported_by_its_number(published: Command, tmp_path: Path) -> None:
    rename(tmp_path / "policy", "Twilio Norway AS")
    published("publish", "main", "--emergency", "it was bought")
    published("export", "main", tmp_path / "now")
    published("export", "main", tmp_path / "then", "--release", 1)
    assert folder_reader.load_policy(tmp_path / "now").facts.entity("twilio").legal_name == "Twilio Norway AS"
    assert contents(tmp_path / "then") == contents(FOLDER)
    assert published("export", "main", tmp_path / "none", "--release", 3, status=1) == [
        "forecourt: main has no release 3"
    ]


def test_the_editors_draft_is_exported_while_there_is_one(
    published: Command, settings_file: Path, tmp_path: Path
) -> None:
    assert published("export", "main", tmp_path / "out", "--draft", status=1) == ["forecourt: main has no draft"]
    edited = replace(policy(), facts=replace(policy().facts, notice_days=60))

    def write(connection: Connection) -> None:
        draft = drafts.PolicyDraft.from_release(actions.get_latest_release(connection, "main"), "editor", NOW)
        drafts.start_draft(connection, draft.with_policy(edited, "editor", NOW))

    run_with_database(load_settings(settings_file), lambda database: database.write(write))
    [output] = published("export", "main", tmp_path / "out", "--draft")
    assert output.startswith("The draft since release 1 of main is in ")
    assert folder_reader.load_policy(tmp_path / "out") == edited


def test_export_refuses_a_folder_that_holds_something_else_unless_forced(published: Command, tmp_path: Path) -> None:
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "thesis.doc").write_text("mine")
    [output] = published("export", "main", folder, status=1)
    assert "holds thesis.doc and no facts.toml" in output
    assert contents(folder) == {"thesis.doc": b"mine"}
    published("export", "main", folder, "--force")
    assert contents(folder) == contents(FOLDER) | {"thesis.doc": b"mine"}


def test_export_lists_files_that_are_not_part_of_the_release(published: Command, tmp_path: Path) -> None:
    (tmp_path / "policy" / "words" / "de.toml").write_text('title = "Liste"\n')
    output = published("export", "main", tmp_path / "policy")
    assert output[1].startswith("Other files in the folder were left as they are: words/de.toml.")
    assert (tmp_path / "policy" / "words" / "de.toml").exists()


def test_the_first_command_creates_the_tables(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, nowhere = str(settings_file), str(settings_file.parent / "not" / "there")
    assert main(["policy", "publish", "main", "--settings", file, "--data", nowhere]) == 0
    assert "Release 1 of main" in capsys.readouterr().out


def test_a_blank_reason_is_no_emergency(published: Command, tmp_path: Path) -> None:
    facts = tmp_path / "policy" / "facts.toml"
    facts.write_text(facts.read_text("utf-8").replace('country = "UA", illustrative', 'country = "PL", illustrative'))
    assert "or publish it as an emergency" in published("publish", "main", "--emergency", " ", status=1)[0]


def test_an_unneeded_reason_is_reported_as_left_out(published: Command, tmp_path: Path) -> None:
    facts = tmp_path / "policy" / "facts.toml"
    facts.write_text(facts.read_text("utf-8").replace("notice_days = 30", "notice_days = 60"))
    [output] = published("publish", "main", "--emergency", "just in case")
    assert output.endswith(" Nothing in it came early, so the reason is not shown.")


def test_evidence_of_an_unknown_release_is_refused(published: Command) -> None:
    for number in (0, 2):
        assert published("evidence", "main", "--release", number, status=1) == [
            f"forecourt: main has no release {number}"
        ]


def test_diff_reports_that_nothing_differs(published: Command, tmp_path: Path) -> None:
    output = published("diff", "main", "--exit-code")
    assert output == [f"Nothing differs between release 1 and the folder {tmp_path / 'policy'}."]


def test_diff_shows_what_the_folder_changes_for_customers(published: Command, tmp_path: Path) -> None:
    rename(tmp_path / "policy", "Twilio Norway AS")
    output = published("diff", "main")
    assert output[0].startswith("From release 1 to the folder ")
    assert "! Twilio Norway AS: Voice calls (VoIP)" in output
    assert published("diff", "main", "--exit-code", status=1) == output


def test_diff_compares_two_releases_as_json(published: Command, tmp_path: Path) -> None:
    rename(tmp_path / "policy", "Twilio Norway AS")
    published("publish", "main", "--emergency", "it was bought")
    difference = json.loads("\n".join(published("diff", "main", 1, 2, "--json")))
    assert (difference["from"], difference["to"]) == ("release 1", "release 2")
    assert [(each["kind"], each["engagement"]) for each in difference["changes"] if each["material"]] == [
        ("replaced", "twilio")
    ]


@pytest.mark.parametrize(
    ("numbers", "output"),
    [((1,), "Give two releases"), ((1, 1, 1), "Give two releases"), ((1, 9), "has no release 9")],
)
def test_diff_of_unknown_releases_is_refused(published: Command, numbers: tuple[int], output: str) -> None:
    assert output in published("diff", "main", *numbers, status=1)[0]


@pytest.mark.parametrize("arguments", [("export", "main", "out"), ("evidence", "main"), ("diff", "main", 1, 1)])
def test_releases_stay_provable_when_the_settings_no_longer_have_the_site(
    arguments: tuple[str, ...], published: Command, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(settings_file.parent)
    settings_file.write_text(settings_file.read_text().replace("sites.main", "sites.other"))
    published(*arguments)
    (unknown,) = published(arguments[0], "none", *arguments[2:], status=1)
    assert "no site none" in unknown


def test_import_lists_what_it_wrote_and_what_it_could_not_place(command: Command, tmp_path: Path) -> None:
    output = command("import", PAGE, "--to", tmp_path / "draft")
    assert output[0].endswith(": 4 sections, 9 engagements, 5 entities.")
    assert output[1:4] == [
        "1 was read outside a table, or with a doubt; look at each:",
        "- table 1, column 1: 'Service' was taken for the purpose",
        "11 could not be placed:",
    ]
    assert "- table 1, row 6 (line 22): names no company" in output
    assert output[-1] == f"Run `forecourt check {tmp_path / 'draft'}` to see what is still missing."


def test_import_counts_one_thing_as_one(command: Command, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Subprocessors\n\n- Exoscale: Servers\n", "utf-8")
    output = command("import", page, "--to", tmp_path / "draft")
    assert output[0].endswith(": 1 section, 1 engagement, 1 entity.")
    assert output[1].startswith("1 was read outside a table")


def test_import_says_of_each_company_outside_a_table_how_sure_it_is(command: Command, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Subprocessors\n\n- Exoscale: Servers\n- Paystone Ltd: Payments\n", "utf-8")
    output = command("import", page, "--to", tmp_path / "draft")
    assert output[1:4] == [
        "2 were read outside a table, or with a doubt; look at each:",
        "- list 1, item 1 (line 3): 'Exoscale' is a company: likely (looks like a name, described, announced above)",
        "- list 1, item 2 (line 4): 'Paystone Ltd' is a company: sure "
        "(legal form, domain or known name, described, announced above)",
    ]


def test_a_hostile_page_cannot_write_commands_to_the_terminal(command: Command, tmp_path: Path) -> None:
    page = tmp_path / "page.csv"
    page.write_text("Company,Country\nLinode,\x1b[2J\u202eUS\n", "utf-8")
    assert "- table 1, row 1 (line 2), column 2: '\\x1b[2J\\u202eUS' is no country" in command(
        "import", page, "--to", tmp_path / "draft"
    )


def test_import_of_the_next_language_lists_the_facts_that_differ(command: Command, tmp_path: Path) -> None:
    command("import", PAGE, "--to", tmp_path / "draft")
    output = command("import", PAGE.with_name("faults.nb.html"), "--to", tmp_path / "draft", "--language", "nb")
    assert f"6 facts differ between the languages; {tmp_path / 'draft'} keeps its own:" in output


@pytest.mark.parametrize("file", ["facts", "words", "glossary", "policy.json"])
def test_schema_prints_json_schema(file: str, command: Command) -> None:
    assert json.loads("\n".join(command("schema", file)))["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_kind_must_be_a_key(command: Command) -> None:
    with pytest.raises(SystemExit):
        command("import", PAGE, "--to", "draft", "--kind", "No Key")
