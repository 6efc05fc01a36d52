"""`forecourt init` leads from an empty folder to one's own policy on one's own page, and overwrites nothing."""

import io
import json
import re
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from forecourt import i18n
from forecourt.__main__ import main
from forecourt.errors import SettingsBroken
from forecourt.new_site.answers import SiteAnswers
from forecourt.new_site.settings_file import write_settings
from forecourt.policy.files import folder_reader
from forecourt.policy.model import Level
from forecourt.settings.loading import load_settings
from tests.deadline import DEADLINE

PROGRAM = [sys.executable, "-m", "forecourt"]
ANSWERS = ["--origin", "https://www.example.com", "--controller", "Example AS", "--email", "support@example.com"]
PAGE = """# Subprocessors

## Infrastructure

| Company | Purpose | Location | Data |
|---|---|---|---|
| Northwind Hosting GmbH | Hosting of servers | Germany | Account data, messages |
| Fjordnett AS | Backup | Norway | Account data |
| Contoso Cloud, Inc. | Content delivery | United States | IP addresses |

## Support

| Company | Purpose | Location | Data |
|---|---|---|---|
| Helpwise Ltd | Customer support | United Kingdom | Contact details |
| Tailspin Mail, Inc. | Sending e-mail | Europe | E-mail addresses |
"""
PAGE_HEAD = "| Company | Purpose | Location | Data |\n|---|---|---|---|\n"
COMPANIES = ("Northwind Hosting GmbH", "Fjordnett AS", "Contoso Cloud, Inc.", "Helpwise Ltd", "Tailspin Mail, Inc.")
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Works in a folder that holds nothing but the owner's page."""
    (tmp_path / "page.md").write_text(PAGE, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*options: str) -> int:
    return main(["init", "--yes", *ANSWERS, *options])


def contents(folder: Path) -> dict[str, bytes]:
    """Returns every file but those of the database."""
    paths = [path for path in folder.rglob("*") if path.is_file() and "var" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_two_commands_put_the_owners_page_into_boot(folder: Path) -> None:
    begin = [*PROGRAM, "init", "--yes", *ANSWERS, "--import", "page.md", "--language", "en"]
    subprocess.run(begin, cwd=folder, check=True, capture_output=True, timeout=DEADLINE)
    with subprocess.Popen([*PROGRAM, "serve", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().split()[-1]
            boot = httpx.get(f"{address}v1/sites/main/boot?policy=1", timeout=DEADLINE).json()
        finally:
            server.terminate()
    assert boot["policy"]["release"] == 1
    assert all(name in boot["policy"]["html"] for name in COMPANIES)
    assert boot["features"].keys() == {"contact", "chat", "newsletter"}


def test_it_writes_all_that_a_site_needs_and_says_what_comes_next(folder: Path, capsys: Capture) -> None:
    assert init("--import", "page.md") == 0
    output = capsys.readouterr().out
    files = {"forecourt.toml", "policy/facts.toml", "policy/words/en.toml", "privacy/en.md", "privacy/version.txt"}
    assert files <= contents(folder).keys()
    assert "The policy is listed, with 2" in output
    assert "engagements.tailspin-mail: no country was read" in output
    assert "support@example.com signs in here, once and within a day" in output
    assert "forecourt serve" in output
    site = load_settings().sites["main"]
    assert (site.origins, site.locales) == (("https://www.example.com",), ("en",))
    policy = folder_reader.load_policy(folder / "policy")
    assert policy.facts.level is Level.LISTED
    assert policy.facts.entity(policy.facts.processor.entity).legal_name == "Example AS"
    assert main(["check"]) == 0


def test_run_again_it_changes_nothing(folder: Path, capsys: Capture) -> None:
    init("--import", "page.md")
    before = contents(folder)
    (folder / "privacy" / "en.md").write_text("Our own words.", "utf-8")
    capsys.readouterr()
    assert main(["init", "--yes", "--json"]) == 0  # the settings answer by now
    report = json.loads(capsys.readouterr().out)
    assert report["wrote"] == []
    assert {"forecourt.toml", "policy", "privacy/en.md"} <= set(report["kept"])
    assert report["user"] == {"email": "support@example.com", "link": None}
    assert contents(folder) == before | {"privacy/en.md": b"Our own words."}


def test_a_language_that_was_added_gets_its_privacy_policy(folder: Path) -> None:
    init("--import", "page.md")
    settings = (folder / "forecourt.toml").read_text("utf-8")
    (folder / "forecourt.toml").write_text(settings.replace('locales = ["en"]', 'locales = ["en", "nb"]'), "utf-8")
    before = contents(folder)
    assert main(["init", "--yes"]) == 0
    assert contents(folder).keys() - before.keys() == {"privacy/nb.md"}


def test_without_a_page_the_policy_is_empty_and_waits(folder: Path, capsys: Capture) -> None:
    assert init("--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert not report["policy"]["can_be_published"]
    assert report["policy"]["faults"] == ["facts.toml: engagements: add at least one"]
    assert report["user"]["link"].startswith("http://127.0.0.1:8000/console/link/")


def test_it_can_begin_with_the_sample(folder: Path, capsys: Capture) -> None:
    assert init("--sample", "--locales", "nb", "en", "--port", "9000", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["policy"]["can_be_published"], report["address"]) == (True, "http://127.0.0.1:9000")
    assert (folder / "privacy" / "nb.md").exists()


def test_what_is_missing_or_wrong_is_said_and_nothing_is_written(folder: Path, capsys: Capture) -> None:
    before = contents(folder)
    assert main(["init", "--yes", "--email", "support@example.com"]) == 1
    assert "--origin, --controller is missing" in capsys.readouterr().err
    assert main(["init", "--yes", *ANSWERS, "--email", "nobody"]) == 1
    assert "sites.main.email nobody is not one e-mail address" in capsys.readouterr().err
    assert contents(folder) == before


def test_a_page_that_cannot_be_imported_leaves_the_rest_for_another_try(folder: Path, capsys: Capture) -> None:
    assert init("--import", "nothing.md") == 1
    assert "nothing.md" in capsys.readouterr().err
    assert init("--import", "http://127.0.0.1/page.html") == 1
    assert "http://127.0.0.1/page.html is no public https address" in capsys.readouterr().err
    assert init("--import", "page.md") == 0


def test_a_page_is_imported_from_its_address(folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECOURT_ALLOW_PRIVATE_WEBHOOKS", "on")  # or no server of this machine could be asked
    (folder / "list").write_text(PAGE, "utf-8")
    handler = partial(MarkdownHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert init("--import", f"{address}/nothing") == 1
        assert f"{address}/nothing answers 404." in capsys.readouterr().err
        assert init("--import", f"{address}/list") == 0
        server.shutdown()
    assert len(folder_reader.load_policy(folder / "policy").facts.engagements) == len(COMPANIES)


class MarkdownHandler(SimpleHTTPRequestHandler):
    """Says of every file that it is Markdown."""

    def guess_type(self, path: object) -> str:
        return "text/markdown; charset=utf-8"

    def log_message(self, *_: object) -> None:
        """Stays quiet."""


@pytest.mark.parametrize("source", [["--import", "page.md"], ["--sample"], []])
def test_a_folder_that_holds_something_else_is_left_alone(folder: Path, capsys: Capture, source: list[str]) -> None:
    (folder / "policy").mkdir()
    (folder / "policy" / "notes.txt").write_text("mine", "utf-8")
    assert init(*source) == 1
    assert "holds notes.txt and no facts.toml" in capsys.readouterr().err
    assert [path.name for path in (folder / "policy").iterdir()] == ["notes.txt"]


def test_in_a_terminal_it_asks(folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(
        ["", "www.Example.com/about", "Example AS", "support@example.com", "page.md", "", "kari@example.com"]
    )
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    monkeypatch.setattr("getpass.getpass", lambda _: "bronze kettle autumn ferry")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    assert main(["init"]) == 0
    assert "kari@example.com may sign in to the console." in capsys.readouterr().out
    assert load_settings().sites["main"].origins == ("https://www.example.com",)


@pytest.mark.parametrize("locale", i18n.shipped_locales())
def test_the_privacy_policy_is_true_of_what_the_settings_store(folder: Path, locale: str) -> None:
    settings = f"""
[retention]
mails = 12
[sites.main]
origins = ["https://www.example.com"]
controller = "Example AS"
email = "support@example.com"
policy = "policy"
privacy_policy = "privacy"
locale = "{locale}"
locales = ["{locale}"]
share_cookie_domain = "example.com"
[sites.main.chat]
purposes = ["support"]
engagements = ["fjordnett"]
"""
    (folder / "forecourt.toml").write_text(settings, "utf-8")
    assert main(["init", "--yes", "--import", "page.md", "--language", "en"]) == 0
    text = (folder / "privacy" / f"{locale}.md").read_text("utf-8")
    site = load_settings().sites["main"]
    lifetimes = {f"{{{name}_days}}" for name, purpose in site.purposes.items() if not purpose.required}
    assert lifetimes == {name for name in lifetimes if name in text}
    assert "{hosts}" in text
    assert i18n.days(12, locale) in text
    assert "example.com" in text
    assert "{{" not in text


def test_settings_that_are_there_are_never_written_over(tmp_path: Path) -> None:
    """Two that begin at the same moment find no file both."""
    answers = SiteAnswers("main", ("https://www.example.com",), "Example AS", "support@example.com", "en", ("en",))
    file = tmp_path / "forecourt.toml"
    write_settings(file, answers)
    content = file.read_bytes()
    with pytest.raises(SettingsBroken, match="cannot be written: File exists"):
        write_settings(file, replace(answers, controller="Another AS"))
    assert file.read_bytes() == content


def test_settings_without_the_site_are_refused_and_kept(folder: Path, capsys: Capture) -> None:
    init("--import", "page.md")
    before = contents(folder)
    capsys.readouterr()
    assert init("--site", "shop") == 1
    error = capsys.readouterr().err
    assert "forecourt.toml has no site shop, and init changes no file; add [sites.shop] to it." in error
    assert contents(folder) == before


def test_a_password_can_come_from_standard_input(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("bronze kettle autumn ferry\nanother line\n"))
    assert init("--sample", "--password-stdin") == 0
    output = capsys.readouterr().out
    assert "support@example.com may sign in to the console." in output
    assert "console/link/" not in output


def test_an_empty_policy_says_what_keeps_readers_waiting(folder: Path, capsys: Capture) -> None:
    assert init() == 0
    output = capsys.readouterr().out
    assert "readers are told that the policy is being prepared:\n- facts.toml: engagements: add at least one" in output
    assert "Look at what the import was unsure about" not in output


def test_of_many_notes_the_first_are_printed_and_the_others_counted(folder: Path, capsys: Capture) -> None:
    rows = "".join(f"| Zorvex{number} AS | Backup | Europe | Names |\n" for number in range(40))
    (folder / "page.md").write_text(f"# Subprocessors\n\n{PAGE_HEAD}{rows}", "utf-8")
    assert init("--import", "page.md") == 0
    _, _, notes = capsys.readouterr().out.partition("Look at what the import was unsure about:\n")
    lines = notes.splitlines()
    assert all(line.startswith("- ") for line in lines[:31])
    assert re.fullmatch(r"- and \d+ more", lines[30])


LIST_OF_SERVICES = """# Subprocessors

| Company | Service | Country |
| --- | --- | --- |
| Northwind Hosting GmbH | Hosting of servers | Germany |
| Fjordnett AS | Storage of backups | Norway |
"""


def test_a_column_that_says_what_is_done_makes_a_policy_that_can_be_published(folder: Path, capsys: Capture) -> None:
    (folder / "page.md").write_text(LIST_OF_SERVICES)
    assert init("--import", "page.md") == 0
    output = capsys.readouterr().out
    assert "'Service' was taken for the purpose" in output
    assert 'run this again with --purpose-column and one of "Service", "Country".' in output
    assert "readers are told that the policy is being prepared" not in output
    assert main(["check"]) == 0


def test_a_flag_names_the_column_of_the_purpose(folder: Path, capsys: Capture) -> None:
    (folder / "page.md").write_text(
        LIST_OF_SERVICES.replace("Hosting of servers", "Rackspace").replace("Service", "Aim")
    )
    assert init("--import", "page.md", "--purpose-column", "aim") == 0
    assert "--purpose-column" not in capsys.readouterr().out
    policy = folder_reader.load_policy(folder / "policy")
    assert sorted(text for key, text in policy.words["en"].items() if key.startswith("purpose.")) == [
        "Rackspace",
        "Storage of backups",
    ]


def test_a_flag_that_names_no_column_is_refused_and_can_be_given_again(folder: Path, capsys: Capture) -> None:
    (folder / "page.md").write_text(LIST_OF_SERVICES)
    assert init("--import", "page.md", "--purpose-column", "Aim") != 0
    assert "'Aim' is no column of its tables of companies; they have 'Service', 'Country'." in capsys.readouterr().err
    assert init("--import", "page.md", "--purpose-column", "Service") == 0


@pytest.mark.parametrize(("answers", "purposes"), [((), 2), (("9", "1"), 2), (("0",), 0)])
def test_in_a_terminal_it_asks_which_column_says_the_purpose(
    answers: tuple[str, ...], purposes: int, folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "page.md").write_text(LIST_OF_SERVICES)
    typed = iter([*answers, ""])
    monkeypatch.setattr("builtins.input", lambda _: next(typed))
    monkeypatch.setattr("getpass.getpass", lambda _: "")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    options = ["--import", "page.md", "--language", "en", "--user", "kari@example.com"]
    assert main(["init", *ANSWERS, *options]) == 0
    output = capsys.readouterr().out
    assert "  1  Service, as in: Hosting of servers" in output
    assert "was taken for the purpose" not in output
    words = folder_reader.read_policy(folder / "policy")[0]
    count = len([key for key in words.words["en"] if key.startswith("purpose.")]) if words else 0
    assert count == purposes


def test_json_has_the_question_that_nobody_answered(folder: Path, capsys: Capture) -> None:
    (folder / "page.md").write_text(LIST_OF_SERVICES)
    assert init("--import", "page.md", "--json") == 0
    columns = [{"heading": "Service", "example": "Hosting of servers"}, {"heading": "Country", "example": "Germany"}]
    question = json.loads(capsys.readouterr().out)["policy"]["purpose_question"]
    assert question == {"columns": columns, "guess": "Service"}


def test_what_import_is_sure_of_is_no_note(folder: Path, capsys: Capture) -> None:
    (folder / "page.md").write_text(
        "# Subprocessors\n\n- **Kelpstore GmbH**: backups, Germany\n- **Sky Ltd**: mail, Norway\n"
    )
    assert init("--import", "page.md") == 0
    output = capsys.readouterr().out
    assert "is a company: sure" not in output
