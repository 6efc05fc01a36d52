"""Every setting is documented and decoded strictly, and every fault is a sentence that names its key."""

import re
from pathlib import Path
from typing import get_type_hints

import pytest

from forecourt.errors import SettingsBroken
from forecourt.launcher import Launcher
from forecourt.settings.loading import load_settings
from forecourt.settings.messengers import MessengerLink
from forecourt.settings.server import (
    ConnectionSettings,
    FileScanSettings,
    RetentionSettings,
    SecurityTxtSettings,
    Settings,
    SmtpSettings,
    UnconfirmedMailSettings,
)
from forecourt.settings.site import (
    FeatureSettings,
    FileSettings,
    MessengerSettings,
    PurposeSettings,
    SiteSettings,
    is_refused_by_gpc,
)
from forecourt.settings.site_checks import site_faults
from forecourt.theme import ColourScheme, Theme, contrast, text_colour_on

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize(
    "kind",
    [
        Settings,
        ConnectionSettings,
        SmtpSettings,
        RetentionSettings,
        UnconfirmedMailSettings,
        SecurityTxtSettings,
        FileScanSettings,
        SiteSettings,
        FileSettings,
        PurposeSettings,
        FeatureSettings,
        Theme,
        ColourScheme,
        Launcher,
        MessengerSettings,
        MessengerLink,
    ],
)
def test_every_setting_is_documented(kind: type) -> None:
    documented_keys = set(re.findall(r"^\| `([\w.]+)`", DOCUMENT.read_text("utf-8"), re.MULTILINE))
    prefix = {
        Settings: "",
        ConnectionSettings: "connections.",
        SmtpSettings: "smtp.",
        RetentionSettings: "retention.",
        UnconfirmedMailSettings: "unconfirmed_mails.",
        SecurityTxtSettings: "security_txt.",
        FileScanSettings: "file_scan.",
        FileSettings: "sites.NAME.files.",
        SiteSettings: "sites.NAME.",
        PurposeSettings: "purposes.NAME.",
        FeatureSettings: "FEATURE.",
        Theme: "theme.",
        ColourScheme: "theme.light.",
        Launcher: "launcher.",
        MessengerSettings: "messengers.",
        MessengerLink: "messengers.links.",
    }[kind]
    assert {prefix + name for name in get_type_hints(kind)} - {
        "sites.NAME.files",
        "connections",
        "smtp",
        "retention",
        "unconfirmed_mails",
        "security_txt",
        "file_scan",
        "sites",
    } <= documented_keys


def test_every_documented_setting_exists() -> None:
    keys = re.findall(r"^\| `(\w+)`", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert set(keys) <= set(get_type_hints(Settings))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("prot = 1", "prot"),
        ('port = "x"', "port"),
        ("port = 99999", "port"),
        ("trusted_proxies = ['proxy.internal']", "trusted_proxies: proxy.internal"),
        ("public_url = 'ftp://example.com'", "public_url"),
        ("[sites]\nmain = 1", "sites.main"),
        ("[connections]\nmaximum = 1", "connections.maximum"),
        ("[smtp]\nhots = 'x'", "smtp.hots"),
        ("[smtp]\nsecurity = 'ssl'", "smtp.security"),
        ("[security_txt]\ncontact = ['security@example.com']", "security_txt.contact"),
        ("[security_txt]\ncontact = ['http://example.com/']", "security_txt.contact"),
        ('[security_txt]\ncontact = ["mailto:a@example.com\\nPolicy:x"]', "security_txt.contact"),
        ('[security_txt]\npolicy = "https://example.com/\\n"', "security_txt.policy"),
        ("[security_txt]\ndays = 365", "security_txt.days"),
        ("[sites.Main]", "sites"),
        ("[sites.main]\norigins = []", "sites.main.origins"),
        ("[sites.main]\norigins = ['https://x/path']", "sites.main.origins"),
        ("= broken", "forecourt.toml"),
    ],
)
def test_a_wrong_key_stops_the_start_and_is_named(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text(text)
    with pytest.raises(SettingsBroken, match=re.escape(key)):
        load_settings(path, {})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("inside_webhooks = true", "inside_webhooks is now called allow_private_webhooks."),
        ("[retention]\nunconfirmed = 3", "retention.unconfirmed is now called retention.unconfirmed_addresses."),
        ("[sites.a.look]\nradius = 4", "sites.a.look is now called sites.a.theme."),
        ("[sites.a.texts]", "sites.a.texts is now called sites.a.text_overrides."),
        ("[sites.a]\nevidence_days = 9", "sites.a.evidence_days is now called sites.a.change_notice_evidence_days."),
        (
            "[sites.a]\nunanswered_minutes = 9",
            "sites.a.unanswered_minutes is now called sites.a.unanswered_alert_minutes.",
        ),
        (
            "[sites.a.purposes.b]\ndays = 9",
            "sites.a.purposes.b.days is now called sites.a.purposes.b.retention_days.",
        ),
        (
            "[sites.a.purposes.b]\ngoogle = []",
            "sites.a.purposes.b.google is now called sites.a.purposes.b.google_consent_types.",
        ),
        (
            '[sites.a.text_overrides]\nen = { "held.yes" = "Yes" }',
            "sites.a.text_overrides.en.held.yes is now called "
            "sites.a.text_overrides.en.personal_data.erase_confirmation.",
        ),
    ],
)
def test_a_renamed_key_is_refused_with_its_new_name(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text(text)
    with pytest.raises(SettingsBroken, match=re.escape(f"{path}, {sentence}")):
        load_settings(path, {})


def test_every_renamed_key_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("inside_webhooks = true\n[sites.a]\nevidence_days = 9\n[sites.b]\nevidence_days = 9\n")
    with pytest.raises(SettingsBroken) as broken:
        load_settings(path, {})
    assert len(str(broken.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("variable", "new"),
    [
        ("FORECOURT_INSIDE_WEBHOOKS", "FORECOURT_ALLOW_PRIVATE_WEBHOOKS"),
        ("FORECOURT_RETENTION_UNCONFIRMED", "FORECOURT_RETENTION_UNCONFIRMED_ADDRESSES"),
    ],
)
def test_a_renamed_variable_is_refused_with_its_new_name(tmp_path: Path, variable: str, new: str) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("")
    with pytest.raises(SettingsBroken, match=f"{variable} is now called {new}."):
        load_settings(path, {variable: "1"})


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("prot = 1\nhots = 2")
    with pytest.raises(SettingsBroken) as error:
        load_settings(path, {})
    assert len(str(error.value).splitlines()) == 2


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("port = 9000\n[smtp]\nhost = 'relay'")
    environment = {
        "FORECOURT_PORT": "9001",
        "FORECOURT_LIMITS": "off",
        "FORECOURT_SMTP_PORT": "26",
        "FORECOURT_SECRETS": "a signing key 123,b signing key 123",
    }
    settings = load_settings(path, environment)
    assert (settings.port, settings.limits, settings.secrets) == (
        9001,
        False,
        ("a signing key 123", "b signing key 123"),
    )
    assert (settings.smtp.host, settings.smtp.port) == ("relay", 26)


@pytest.mark.parametrize(
    "environment",
    [{"FORECOURT_PROT": "1"}, {"FORECOURT_PORT": "x"}, {"FORECOURT_LIMITS": "perhaps"}, {"FORECOURT_SITES": "x"}],
)
def test_a_wrong_variable_stops_the_start_and_is_named(tmp_path: Path, environment: dict[str, str]) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("")
    with pytest.raises(SettingsBroken, match=next(iter(environment))):
        load_settings(path, environment)


def test_secrets_are_not_printed() -> None:
    text = repr(
        Settings(secrets=("hidden",), database_url="postgresql://u:hidden@h/d", smtp=SmtpSettings(password="hidden"))
    )
    assert "hidden" not in text


def test_a_feature_that_needs_an_unknown_purpose_is_named(tmp_path: Path) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text(
        "[sites.main]\norigins = ['https://x.example']\ncontroller = 'X'\nemail = 'a@x.example'\n"
        "policy = 'p'\nprivacy_policy = 'q'\nchat = {purposes = ['spying']}"
    )
    with pytest.raises(SettingsBroken, match="spying"):
        load_settings(path, {})


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("email = 'garbage'", "sites.main.email"),
        ("topics = ['nope']", "sites.main.topics"),
        ("purposes = {spying = {}}", "sites.main.purposes.spying"),
        ("contact = {purposes = []}", "sites.main.contact.purposes"),
        ("locale = 'de'", "sites.main.locale"),
        ("purposes = {'A b' = {}}", "sites.main.purposes.A b"),
        ("purposes = {maps = {words = {en = {title = 'Maps', text = 'Shows a map.'}}}}", "sites.main.purposes.maps"),
        ("purposes = {maps = {words = {en = {title = 'Maps'}}}}", "sites.main.purposes.maps.words.en.text"),
        ("purposes = {analytics = {words = {de = {title = 'x', text = 'y'}}}}", "sites.main.purposes.analytics.words"),
        (
            "purposes = {analytics = {google_consent_types = ['everything']}}",
            "sites.main.purposes.analytics.google_consent_types",
        ),
        ("purposes = {analytics = {cookies = ['*']}}", "sites.main.purposes.analytics.cookies"),
        ("purposes = {analytics = {cookies = ['a b']}}", "sites.main.purposes.analytics.cookies"),
        ("purposes = {analytics = {storage = ['fore*']}}", "sites.main.purposes.analytics: fore*"),
        ("purposes = {analytics = {storage = ['forecourt:main']}}", "sites.main.purposes.analytics: forecourt:main"),
        ("purposes = {necessary = {required = true, gpc = true}}", "sites.main.purposes.necessary"),
        (
            "purposes = {a = {google_consent_types = ['ad_storage']}, b = {google_consent_types = ['ad_storage']}}",
            "google_consent_types ad_storage",
        ),
        ("text_overrides = {en = {'banner.title' = 'Cookies?'}}", "sites.main.text_overrides: banner.title"),
        ("text_overrides = {en = {'banner.tittle' = 'x'}, nb = {'banner.tittle' = 'x'}}", "no text banner.tittle"),
        (
            "text_overrides = {en = {'banner.text' = 'Yes?'}, nb = {'banner.text' = 'Ja?'}}",
            "sites.main.text_overrides.en.banner.text",
        ),
        ("text_overrides = {de = {'banner.title' = 'x'}}", "sites.main.text_overrides.de"),
        (
            "text_overrides = {en = {'chat.tab_title.other' = '{count}'}, nb = {'chat.tab_title.other' = '{count}'}}",
            "sites.main.text_overrides: chat.tab_title.one is not written in en",
        ),
        ("text_overrides = {en = {'list.last' = ' & '}, nb = {'list.last' = ' & '}}", "there is no text list.last"),
        (
            "messengers = {links = [{address = 'https://talk.example'}]}",
            "sites.main.messengers.links, entry 1: it is not known whose service https://talk.example is",
        ),
        ("messengers = {links = [{address = 'http://wa.me/47'}]}", "sites.main.messengers.links, entry 1: address is"),
        ("messengers = {links = [{address = 'https://a@wa.me'}]}", "sites.main.messengers.links, entry 1: address is"),
        ("messengers = {links = [{address = 'https://t.me/a'}, {address = 'https://t.me/a'}]}", "more than once"),
        (
            "messengers = {links = [{adress = 'https://t.me/a'}]}",
            "adress is not a setting. Did you mean address?",
        ),
        ("messengers = {links = [{name = 'Talk'}]}", "entry 1: address is missing. An example: address = "),
        ("messengers = {purposes = ['suport']}", "sites.main.messengers.purposes names suport"),
        ("launcher = {corner = 'left'}", "sites.main.launcher.corner"),
        ("launcher = {offers = ['chat', 'chat']}", "sites.main.launcher.offers names chat more than once"),
        ("theme = {light = {text = '#777777'}}", "sites.main.theme.light: text #777777"),
        ("theme = {light = {accent = '#ffcc00'}}", "sites.main.theme.light: accent #ffcc00"),
        ("theme = {dark = {background = '#808080'}}", "sites.main.theme.dark: text"),
        ("theme = {light = {accent = 'red'}}", "sites.main.theme.light.accent"),
        ("theme = {light = {accent = '#0b6b4f;}'}}", "sites.main.theme.light.accent"),
        ("theme = {radius = 99}", "sites.main.theme.radius"),
        ("theme = {position = 'middle'}", "sites.main.theme.position"),
        ("theme = {font = 'x; } * {'}", "sites.main.theme.font"),
        ("share_cookie_domain = 'y.example'", "sites.main.share_cookie_domain y.example"),
        ("share_cookie_domain = 'example'", "sites.main.share_cookie_domain"),
        ("share_cookie_domain = 'example; Secure'", "sites.main.share_cookie_domain"),
    ],
)
def test_what_would_break_serving_stops_the_start(tmp_path: Path, line: str, key: str) -> None:
    required = {"origins": "['https://x.example']", "controller": "'X'", "email": "'a@x.example'"}
    required |= {"policy": "'p'", "privacy_policy": "'q'"}
    required.pop(line.partition(" ")[0], None)
    path = tmp_path / "forecourt.toml"
    path.write_text("[sites.main]\n" + "\n".join(f"{key} = {value}" for key, value in required.items()) + f"\n{line}\n")
    with pytest.raises(SettingsBroken, match=re.escape(key)):
        load_settings(path, {})


@pytest.mark.parametrize(
    ("origin", "domain", "is_above"),
    [
        ("https://www.example.com", "example.com", True),
        ("https://example.com:8443", "example.com", True),
        ("https://notexample.com", "example.com", False),
        ("https://example.com.evil.test", "example.com", False),
        ("http://127.0.0.1", "0.0.1", False),
        ("http://127.0.0.1", "127.0.0.1", False),
    ],
)
def test_a_choice_is_shared_only_among_sub_domains(origin: str, domain: str, is_above: bool) -> None:
    site = SiteSettings((origin,), "X", "a@x.example", Path("p"), Path("q"), share_cookie_domain=domain)
    assert (not list(site_faults(site))) is is_above


def test_marketing_is_refused_by_gpc_also_where_the_settings_define_it_again() -> None:
    purposes = [
        ("marketing", PurposeSettings()),
        ("marketing", PurposeSettings(gpc=False)),
        ("maps", PurposeSettings()),
        ("maps", PurposeSettings(gpc=True)),
    ]
    assert [is_refused_by_gpc(name, purpose) for name, purpose in purposes] == [True, False, False, True]


def test_words_on_a_button_can_be_read_whatever_its_colour() -> None:
    for step in range(0, 256, 5):
        for accent in (f"#{step:02x}{step:02x}{step:02x}", f"#{step:02x}8000", f"#00{step:02x}ff"):
            assert contrast(text_colour_on(accent), accent) >= 4.5


def test_a_contrast_is_what_wcag_says() -> None:
    assert [round(contrast(*pair), 2) for pair in (("#000000", "#ffffff"), ("#777777", "#ffffff"))] == [21.0, 4.48]


@pytest.mark.parametrize("environment", [{"FORECOURT_SECRETS": "short"}, {"FORECOURT_MAIL_FROM": "A <a@b.co>"}])
def test_a_server_setting_that_would_break_is_named(tmp_path: Path, environment: dict[str, str]) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("")
    with pytest.raises(SettingsBroken, match=next(iter(environment)).removeprefix("FORECOURT_").lower()):
        load_settings(path, environment)


def test_proxies_are_addresses_networks_or_all(tmp_path: Path) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_text("trusted_proxies = ['192.0.2.1', '10.0.0.0/8', '2001:db8::/32', '*']")
    assert load_settings(path, {}).trusted_proxies == ("192.0.2.1", "10.0.0.0/8", "2001:db8::/32", "*")
