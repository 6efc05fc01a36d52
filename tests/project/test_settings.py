"""Settings: each documented, each decoded strictly, each fault a sentence that names it."""

import re
from pathlib import Path
from typing import get_type_hints

import pytest

from forecourt import settings
from forecourt.errors import SettingsBroken
from forecourt.settings import Feature, Purpose, Settings, Site, Smtp

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize("kind", [Settings, Smtp, Site, Purpose, Feature])
def test_every_setting_is_documented(kind: type) -> None:
    documented = set(re.findall(r"^\| `([\w.]+)`", DOCUMENT.read_text("utf-8"), re.MULTILINE))
    prefix = {Settings: "", Smtp: "smtp.", Site: "sites.NAME.", Purpose: "purposes.NAME.", Feature: "FEATURE."}[kind]
    assert {prefix + name for name in get_type_hints(kind)} - {"smtp", "sites"} <= documented


def test_every_documented_setting_exists() -> None:
    named = re.findall(r"^\| `(\w+)`", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert set(named) <= set(get_type_hints(Settings))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("prot = 1", "prot"),
        ('port = "x"', "port"),
        ("port = 99999", "port"),
        ("[smtp]\nhots = 'x'", "smtp.hots"),
        ("[smtp]\nsecurity = 'ssl'", "smtp.security"),
        ("[sites.Main]", "sites"),
        ("[sites.main]\norigins = []", "sites.main.origins"),
        ("[sites.main]\norigins = ['https://x/path']", "sites.main.origins"),
        ("= broken", "forecourt.toml"),
    ],
)
def test_a_wrong_key_stops_the_start_and_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text(text)
    with pytest.raises(SettingsBroken, match=re.escape(named)):
        settings.load(path, {})


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("prot = 1\nhots = 2")
    with pytest.raises(SettingsBroken) as told:
        settings.load(path, {})
    assert len(str(told.value).splitlines()) == 2


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("port = 9000\n[smtp]\nhost = 'relay'")
    given = {
        "FORECOURT_PORT": "9001",
        "FORECOURT_LIMITS": "off",
        "FORECOURT_SMTP_PORT": "26",
        "FORECOURT_SECRETS": "a signing key 123,b signing key 123",
    }
    loaded = settings.load(path, given)
    assert (loaded.port, loaded.limits, loaded.secrets) == (9001, False, ("a signing key 123", "b signing key 123"))
    assert (loaded.smtp.host, loaded.smtp.port) == ("relay", 26)


@pytest.mark.parametrize(
    "given",
    [{"FORECOURT_PROT": "1"}, {"FORECOURT_PORT": "x"}, {"FORECOURT_LIMITS": "perhaps"}, {"FORECOURT_SITES": "x"}],
)
def test_a_wrong_variable_stops_the_start_and_is_named(tmp_path: Path, given: dict[str, str]) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("")
    with pytest.raises(SettingsBroken, match=next(iter(given))):
        settings.load(path, given)


def test_secrets_are_not_shown() -> None:
    shown = repr(Settings(secrets=("hidden",), database_url="postgresql://u:hidden@h/d", smtp=Smtp(password="hidden")))
    assert "hidden" not in shown


def test_a_feature_that_needs_an_unknown_purpose_is_named(tmp_path: Path) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text(
        "[sites.main]\norigins = ['https://x.example']\ncontroller = 'X'\nemail = 'a@x.example'\n"
        "policy = 'p'\nprivacy_policy = 'q'\nchat = {purposes = ['spying']}"
    )
    with pytest.raises(SettingsBroken, match="spying"):
        settings.load(path, {})


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("email = 'garbage'", "sites.main.email"),
        ("topics = ['nope']", "sites.main.topics"),
        ("purposes = {analytics = {}}", "sites.main.purposes"),
        ("contact = {purposes = []}", "sites.main.contact.purposes"),
        ("locale = 'de'", "sites.main.locale"),
    ],
)
def test_what_would_break_serving_stops_the_start(tmp_path: Path, line: str, named: str) -> None:
    right = {"origins": "['https://x.example']", "controller": "'X'", "email": "'a@x.example'"}
    right |= {"policy": "'p'", "privacy_policy": "'q'"}
    right.pop(line.partition(" ")[0], None)
    path = tmp_path / "forecourt.toml"
    path.write_text("[sites.main]\n" + "\n".join(f"{key} = {value}" for key, value in right.items()) + f"\n{line}\n")
    with pytest.raises(SettingsBroken, match=re.escape(named)):
        settings.load(path, {})


@pytest.mark.parametrize("given", [{"FORECOURT_SECRETS": "short"}, {"FORECOURT_MAIL_FROM": "A <a@b.co>"}])
def test_a_server_setting_that_would_break_is_named(tmp_path: Path, given: dict[str, str]) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("")
    with pytest.raises(SettingsBroken, match=next(iter(given)).removeprefix("FORECOURT_").lower()):
        settings.load(path, given)
