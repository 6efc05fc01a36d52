"""`forecourt check` prints one line a finding for people, JSON for machines, and exits with a status for CI."""

import json
import re
from pathlib import Path

import pytest

from forecourt.__main__ import main
from forecourt.resources import SAMPLE
from tests.policy.sample import FOLDER, break_sample

PERSONAL = ('contact = "privacy@linode.example"', 'contact = "jana@linode.example"')
STALE = ('account = "Account data"', 'account = "Data of accounts"')
Capture = pytest.CaptureFixture[str]


def site_options(policy: Path, folder: Path, more: str = "") -> list[str]:
    file = folder / "forecourt.toml"
    file.write_text(
        f"[sites.main]\norigins = ['https://www.example.com']\ncontroller = 'Example AS'\nemail = 'a@example.com'\n"
        f"policy = '{policy}'\nprivacy_policy = '{SAMPLE / 'privacy'}'\n{more}"
    )
    return ["--settings", str(file)]


def find_line_number(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if text in line)


def test_a_folder_in_order_takes_one_line_and_no_settings(capsys: Capture) -> None:
    assert main(["check", str(FOLDER)]) == 0
    assert capsys.readouterr().out == f"{FOLDER} is in order.\n"


def test_a_grave_finding_fails_with_one_line_and_a_summary(tmp_path: Path, capsys: Capture) -> None:
    folder = break_sample(tmp_path, "facts.toml", PERSONAL)
    assert main(["check", str(folder)]) == 1
    place, finding, last = capsys.readouterr().out.splitlines()
    assert place == str(folder)
    line = find_line_number(folder / "facts.toml", "jana@")
    start = f"  facts.toml:{line}: personal-mailbox entities.linode.contact: 'jana@linode.example' looks"
    assert finding.startswith(start)
    assert last == "1 fault, 0 warnings."


def test_a_printed_finding_can_be_copied_into_accepted(tmp_path: Path, capsys: Capture) -> None:
    folder = break_sample(tmp_path, "facts.toml", PERSONAL)
    main(["check", str(folder)])
    entry = capsys.readouterr().out.splitlines()[1].split(": ")[1]
    break_sample(tmp_path, "facts.toml", ("notice_days = 30", f'notice_days = 30\naccepted = ["{entry}"]'))
    assert main(["check", str(folder)]) == 0


def test_a_warning_is_marked_and_fails_only_where_strict(tmp_path: Path, capsys: Capture) -> None:
    folder = break_sample(tmp_path, "words/en.toml", STALE)
    assert main(["check", str(folder)]) == 0
    _, finding, last = capsys.readouterr().out.splitlines()
    line = find_line_number(folder / "words/nb.toml", "account = ")
    assert finding.startswith(f"  warning: words/nb.toml:{line}: stale-translation data.account: is out of date")
    assert last == f"{folder} is in order, with 1 warning."
    assert main(["check", "--strict", str(folder)]) == 1


def test_faults_are_printed_before_warnings(tmp_path: Path, capsys: Capture) -> None:
    break_sample(tmp_path, "words/en.toml", STALE)
    assert main(["check", str(break_sample(tmp_path, "facts.toml", PERSONAL))]) == 1
    _, first, second, last = capsys.readouterr().out.splitlines()
    assert (first[:4], second[:11]) == ("  fa", "  warning: ")
    assert last == "1 fault, 1 warning."


def test_findings_are_json_for_machines(tmp_path: Path, capsys: Capture) -> None:
    folder = break_sample(tmp_path, "facts.toml", PERSONAL)
    assert main(["check", "--json", str(folder)]) == 1
    output = json.loads(capsys.readouterr().out)
    message = output["findings"][0].pop("message")
    assert "looks like one person's mailbox" in message
    assert output == {
        "ok": False,
        "findings": [
            {
                "folder": str(folder),
                "file": "facts.toml",
                "line": find_line_number(folder / "facts.toml", "jana@"),
                "key": "entities.linode.contact",
                "rule": "personal-mailbox",
                "grave": True,
            }
        ],
    }


def test_a_folder_that_cannot_be_read_is_a_finding(tmp_path: Path, capsys: Capture) -> None:
    assert main(["check", "--json", str(tmp_path / "none")]) == 1
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["file"], finding["rule"]) == ("facts.toml", "missing-file")


def test_every_site_of_the_settings_is_checked(tmp_path: Path, capsys: Capture) -> None:
    folder = break_sample(tmp_path, "facts.toml", PERSONAL)
    settings = site_options(folder, tmp_path)
    assert main(["check", *settings]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3] == f"main ({folder})"
    line = find_line_number(folder / "facts.toml", "jana@")
    assert lines[-2].startswith(f"  facts.toml:{line}: personal-mailbox entities.linode.contact: ")
    assert main(["check", "--json", *settings]) == 1
    output = capsys.readouterr()
    assert [each["site"] for each in json.loads(output.out)["findings"]] == ["main"]
    assert "no smtp.host" in output.err


def test_warnings_of_a_policy_are_counted_in_the_last_line(tmp_path: Path, capsys: Capture) -> None:
    assert main(["check", *site_options(break_sample(tmp_path, "words/en.toml", STALE), tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Settings and 1 site are in order, with 1 warning."


def test_settings_that_contradict_the_policy_are_findings_of_their_site(tmp_path: Path, capsys: Capture) -> None:
    contact = "contact = { purposes = ['support'], engagements = ['nobody', 'linode_eu'] }\n"
    options = site_options(FOLDER, tmp_path, contact)
    assert main(["check", "--json", *options]) == 1
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["site"], finding["rule"]) == ("main", "settings")
    assert "the policy has no linode_eu, nobody. Did you mean linode-eu?" in finding["message"]


def test_settings_that_cannot_be_read_are_json_too(tmp_path: Path, capsys: Capture) -> None:
    options = site_options(FOLDER, tmp_path, "colour = 'red'\n")
    assert main(["check", "--json", *options]) == 1
    output = json.loads(capsys.readouterr().out)
    assert output["ok"] is False
    assert "sites.main.colour is not a setting." in output["findings"][0]["message"]


def test_a_hostile_folder_cannot_write_commands_to_the_terminal(tmp_path: Path, capsys: Capture) -> None:
    folder = break_sample(tmp_path, "words/nb.toml", ("[data]", '[data]\n"\\u001b[2J\\u202e" = "x"'))
    assert main(["check", str(folder)]) == 1
    output = capsys.readouterr().out
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "\\x1b[2J\\u202e" in output


def test_what_a_listed_policy_leaves_out_is_counted_and_no_fault(tmp_path: Path, capsys: Capture) -> None:
    changes = (('contact = "privacy@linode.example"\n', ""), ("notice_days = 30", 'notice_days = 30\nlevel = "listed"'))
    folder = break_sample(tmp_path, "facts.toml", *changes)
    assert main(["check", str(folder)]) == 0
    count, company, place, missing, last = capsys.readouterr().out.splitlines()
    assert count.startswith(f"{folder}: listed, with ")
    assert count.endswith(" facts; 1 missing, and left out for readers. Paste below the line that is named:")
    assert company == "Linode, LLC: 1 missing"
    assert place == f"  facts.toml:{find_line_number(folder / 'facts.toml', '[entities.linode]')} [entities.linode]"
    assert missing == '    contact = ""'
    assert last == f"{folder} is in order."
    main(["check", "--json", str(folder)])
    report = json.loads(capsys.readouterr().out)
    [listed], [gap] = report["listed"], report["missing"]
    assert (gap["company"], gap["toml"]) == ("Linode, LLC", 'contact = ""')
    assert listed["missing"] == ["entities.linode.contact"]
    assert listed["stated"] == listed["total"] - 1


LIST = """# Subprocessors

| Company | Purpose | Data | Location |
|---|---|---|---|
"""
FILLED = {
    "address": '"Street 1, 10115 Berlin"',
    "country": '"DE"',
    "contact": '"privacy@acme.example"',
    "host": '"acme.example"',
    "relation": '"third_party"',
    "audiences": '["EU"]',
    "subjects": '["customers"]',
    "mechanism": '{ kind = "scc" }',
    "effective": "2026-01-31",
}


def import_list(folder: Path, count: int, capsys: Capture) -> Path:
    """Returns the folder of a policy that was imported from a table of so many companies."""
    rows = "".join(f"| Acme {number} GmbH | Hosting | Names | Germany |\n" for number in range(count))
    (folder / "page.md").write_text(LIST + rows)
    policy = folder / "policy"
    assert main(["policy", "import", str(folder / "page.md"), "--to", str(policy), "--language", "en"]) == 0
    capsys.readouterr()
    facts = policy / "facts.toml"
    processor = '[processor]\nentity = "acme-0"\n'
    facts.write_text(f"updated = 2026-01-01\n{facts.read_text('utf-8')}{processor}", "utf-8")
    return policy


def paste(folder: Path, output: str) -> None:
    """Pastes what was printed below the lines that it names, with a value for each blank."""
    pasted: dict[tuple[str, int], list[str]] = {}
    place = ("", 0)
    for line in output.splitlines():
        if named := re.fullmatch(r"  (\S+\.toml):(\d+) \[(.*)\]", line):
            place, table = (named[1], int(named[2])), named[3]
        elif line.startswith("    "):
            name = line.split()[0]
            value = FILLED.get(name, '"A text."' if place[0].startswith("words/") else '"hosting"')
            value = '"Acme 1 GmbH"' if (table, name) == ("processor", "service") else value
            pasted.setdefault(place, []).append(f"{name} = {value}")
    for (file, number), rows in sorted(pasted.items(), reverse=True):
        lines = (folder / file).read_text("utf-8").splitlines()
        (folder / file).write_text("\n".join([*lines[:number], *rows, *lines[number:]]) + "\n", "utf-8")


def test_what_is_missing_is_grouped_by_company_and_can_be_pasted(tmp_path: Path, capsys: Capture) -> None:
    folder = import_list(tmp_path, 2, capsys)
    facts = folder / "facts.toml"
    facts.write_text(facts.read_text("utf-8").replace('level = "listed"', 'level = "complete"'), "utf-8")
    assert main(["check", str(folder)]) == 1
    output = capsys.readouterr().out
    companies = re.findall(r"^(\S.*): (\d+) missing$", output, re.MULTILINE)
    assert companies[:2] == [("Acme 0 GmbH", "12"), ("Acme 1 GmbH", "9")]
    assert output.count("# one of third_party") == 1
    paste(folder, output)
    main(["check", str(folder)])
    output = capsys.readouterr().out
    assert "[entities." not in output
    assert "[engagements." not in output


def test_fifty_lines_are_printed_and_the_rest_is_counted(tmp_path: Path, capsys: Capture) -> None:
    folder = import_list(tmp_path, 40, capsys)
    assert main(["check", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 52
    visible_count = sum(line.startswith("    ") and " = " in line for line in lines)
    main(["check", "--json", str(folder)])
    missing = json.loads(capsys.readouterr().out)["missing"]
    assert lines[-2] == f"And {len(missing) - visible_count} more. Mend these first, or print all with --json."
    assert lines[-1].startswith(f"{folder} is in order")
    assert len(missing) > 300


def test_faults_are_not_hidden_by_what_is_missing(tmp_path: Path, capsys: Capture) -> None:
    folder = import_list(tmp_path, 40, capsys)
    facts = folder / "facts.toml"
    facts.write_text(facts.read_text("utf-8").replace('country = "DE"', 'country = "XX"', 1), "utf-8")
    assert main(["check", str(folder)]) == 1
    assert "unknown-country engagements.acme-0.locations.0.country" in capsys.readouterr().out.splitlines()[1]


def test_what_the_policy_itself_lacks_is_pasted_above_the_first_table(tmp_path: Path, capsys: Capture) -> None:
    folder = import_list(tmp_path, 1, capsys)
    facts = folder / "facts.toml"
    facts.write_text(
        facts.read_text("utf-8").replace("updated = 2026-01-01\n", "").partition("[processor]")[0], "utf-8"
    )
    assert main(["check", str(folder)]) == 1
    assert capsys.readouterr().out.splitlines()[1:5] == [
        "The policy itself: 2 missing",
        "  facts.toml, above the first [table]",
        '    updated = ""  # a day without quotes: 2026-01-31',
        '    processor = { entity = "" }  # which of [entities] you are',
    ]


def test_a_site_whose_policy_cannot_be_read_is_a_finding(tmp_path: Path, capsys: Capture) -> None:
    assert main(["check", "--json", *site_options(tmp_path / "none", tmp_path)]) == 1
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["site"], finding["file"], finding["rule"]) == ("main", "facts.toml", "missing-file")


def test_what_is_missing_of_the_server_is_a_warning(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = site_options(FOLDER, tmp_path)
    assert main(["check", *options]) == 0
    output = capsys.readouterr().out
    assert "Warning: no smtp.host is set" in output
    assert "Warning: no security_txt.contact is set" in output
    assert "rate limits are off" not in output
    more = "[smtp]\nhost = 'relay.example'\n[security_txt]\ncontact = ['mailto:a@example.com']\n"
    options = site_options(FOLDER, tmp_path, more)
    monkeypatch.setenv("FORECOURT_LIMITS", "off")
    monkeypatch.setattr("forecourt.db.sqlite.VERSION", (3, 40, 1))
    assert main(["check", *options]) == 0
    output = capsys.readouterr().out
    assert "smtp.host" not in output
    assert "security_txt" not in output
    assert "Warning: rate limits are off." in output
    assert "Warning: SQLite 3.40.1 can lose commits" in output
