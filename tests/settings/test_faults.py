"""Wrong settings are explained: the key, what was found, what is allowed, and what was probably meant."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt.errors import SettingsBroken
from forecourt.settings.faults import MAX_FAULTS, explain_faults
from forecourt.settings.loading import load_settings
from forecourt.settings.nearest import find_nearest
from forecourt.settings.toml_file import MAX_BYTES, read_toml
from forecourt.settings.type_words import find_meant, show

SITE = """
[sites.main]
origins = ["https://www.example.com"]
controller = "Example AS"
email = "a@example.com"
policy = "policy"
privacy_policy = "privacy"
"""


def faults_of(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> list[str]:
    path = tmp_path / "forecourt.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsBroken) as broken:
        load_settings(path, environment or {})
    return str(broken.value).replace(f"{path}, ", "").splitlines()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("prot = 1", "prot is not a setting. Did you mean port?"),
        ("port = 99999", "port is 99999; it must be a whole number from 0 to 65535."),
        ('port = "80"', 'port is "80"; it must be a whole number from 0 to 65535. Did you mean 80?'),
        ('limits = "off"', 'limits is "off"; it must be true or false. Did you mean false?'),
        ("smtp = 5", "smtp is 5; it must be a table: [smtp]."),
        ("[smtp]\ntimeout = 0", "smtp.timeout is 0; it must be a number over 0, at most 300."),
        (
            '[smtp]\nsecurity = "start-tls"',
            'smtp.security is "start-tls"; it must be one of "starttls", "tls", "none". Did you mean "starttls"?',
        ),
        ('[smtp]\nhost = ["a"]', 'smtp.host is ["a"]; it must be a text in quotes.'),
        ('[site.main]\nemail = "a"', "site is not a setting. Did you mean sites?"),
        ('[main]\norigins = ["https://a"]', "main is not a setting. Did you mean [sites.main]?"),
        ('password = "x"', "password is not a setting. Did you mean smtp.password?"),
        (SITE + "port = 1", "sites.main.port is not a setting. Did you mean port, above the first [table]?"),
        (SITE + 'accent = "#123456"', "is not a setting. Did you mean sites.main.theme.light.accent?"),
        (SITE + 'locales = "en"', 'locales is "en"; it must be a list, each a text in quotes. Did you mean ["en"]?'),
        (SITE + 'theme = { position = "botom" }', 'Did you mean "bottom"?'),
        (SITE + 'theme = { light = { accent = "0b6b4f" } }', 'Did you mean "#0b6b4f"?'),
        (SITE + 'topics = ["suport"]', "sites.main.topics: there are no words for suport; did you mean support?"),
        (SITE + 'locale = "de"', "sites.main.locale de is not one of its locales: known are en, nb."),
        (
            SITE + 'chat = { purposes = ["suport"] }',
            "sites.main.chat.purposes names suport, which is no purpose of the site; did you mean support?",
        ),
        (
            SITE.replace('["https://www.example.com"]', '["https://Www.example.com/shop/"]'),
            'main.origins, entry 1, is "https://Www.example.com/shop/"; it must be scheme, host and port of a page, '
            'without a path: https://www.example.com. Did you mean "https://www.example.com"?',
        ),
        (SITE.replace("email", "e_mail"), 'sites.main.email is missing. An example: email = "support@example.com"'),
    ],
)
def test_a_fault_says_what_was_found_what_is_allowed_and_what_was_meant(
    tmp_path: Path, text: str, sentence: str
) -> None:
    assert any(sentence in fault for fault in faults_of(tmp_path, text)), faults_of(tmp_path, text)


def test_a_contradiction_is_named_beside_a_wrong_type(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path, 'port = "x"\nmail_from = "garbage"\n' + SITE + 'topics = ["nope"]\n[sites.b]\norigins = 5'
    )
    assert [fault.partition(" ")[0] for fault in faults][:2] == ["port", "sites.b.origins"]
    assert any(fault.startswith("mail_from garbage") for fault in faults)
    assert any(fault.startswith("sites.main.topics") for fault in faults)


def test_many_faults_are_counted(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "".join(f"wrong_{number} = 1\n" for number in range(MAX_FAULTS + 7)))
    assert len(faults) == MAX_FAULTS + 1
    assert faults[-1] == "And 7 more."


def test_variables_and_file_are_explained_together(tmp_path: Path) -> None:
    environment = {"FORECOURT_PROT": "1", "FORECOURT_LIMITS": "perhaps", "FORECOURT_MAIL_FROM": "garbage", "HOME": "/"}
    assert faults_of(tmp_path, "hots = 1", environment) == [
        "FORECOURT_PROT is not a setting: did you mean FORECOURT_PORT?",
        'FORECOURT_LIMITS is "perhaps"; it must be true or false.',
        "hots is not a setting. Did you mean host?",
        "FORECOURT_MAIL_FROM, mail_from garbage is not one e-mail address.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        'database_url = ["geheim"]',
        "secrets = 'geheim'",
        "secrets = ['geheim']",
        "log_key = 'geheim'",
        "metrics_token = 'geheim'",
        "[smtp]\npassword = ['geheim']",
        "[smtp]\npassword = 'geheim",
        "secrets = [\n'geheim\n]",
        "smtp = { host = 'a', password = geheim }",
    ],
)
def test_no_secret_is_repeated(tmp_path: Path, text: str) -> None:
    assert "geheim" not in "\n".join(faults_of(tmp_path, text))


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRETS", "LOG_KEY", "METRICS_TOKEN"])
def test_no_secret_of_a_variable_is_repeated(tmp_path: Path, name: str) -> None:
    (tmp_path / "forecourt.toml").write_text("port = 'x'")
    with pytest.raises(SettingsBroken) as broken:
        load_settings(tmp_path / "forecourt.toml", {f"FORECOURT_{name}": "geheim"})
    assert "geheim" not in str(broken.value)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "port = 1\n[smtp]\n\thost = relay.example.com\n",
            ["line 3, column 9: Invalid value. A text needs quotes.", "   host = relay.example.com", "          ^"],
        ),
        ("a = 1\r\na = 2\r\n", ["line 2, column 6: Cannot overwrite a value.", "  a = 2", "       ^"]),
        ("port = [[\n\n", ["line 1, column 10: Invalid value.", "  port = [[", "           ^"]),
        ("\x1b[31m = 1", ["line 1, column 1: Invalid statement.", "  \\x1b[31m = 1", "  ^"]),
    ],
)
def test_what_is_not_toml_is_shown_with_its_place(tmp_path: Path, text: str, lines: list[str]) -> None:
    assert faults_of(tmp_path, text) == lines


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"a = 1\n\xff\xfe", "line 2: byte 0xff is not UTF-8."),
        (b"#" * (MAX_BYTES + 1), "is larger than 1024 KiB."),
        (b"a = " + b"[" * 100_000, "has lists or tables that are nested too deep."),
        (b"a = '" + b"x" * 100_000, "line 1"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(tmp_path: Path, raw: bytes, sentence: str) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_bytes(raw)
    with pytest.raises(SettingsBroken) as broken:
        read_toml(path)
    assert sentence in str(broken.value)
    assert len(str(broken.value)) < 1000


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "forecourt.toml"
    path.write_bytes(b"\xef\xbb\xbfport = 9000")
    assert load_settings(path, {}).port == 9000


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
_KEYS = st.sampled_from(["port", "smtp", "sites", "secrets", "security_txt", "log_format", "retention"])
_SITE_KEYS = st.sampled_from(["origins", "purposes", "theme", "text_overrides", "contact", "policy", "email"])


@settings(max_examples=40)
@given(st.dictionaries(_KEYS, _VALUES), st.dictionaries(_SITE_KEYS, _VALUES))
def test_whatever_stands_there_is_explained_in_short_lines(data: dict[str, object], site: dict[str, object]) -> None:
    sentences = list(explain_faults(data | {"sites": {"main": site}}))
    assert sentences  # what a site must have is missing
    assert all(len(sentence) < 1000 and sentence.isprintable() for sentence in sentences)


def test_a_value_is_shown_cut_and_printable() -> None:
    assert show("\x1b]0;x" + "y" * 100) == '"\\x1b]0;x' + "y" * 52 + '…"'
    assert show([1, 2, 3, 4]) == "[1, 2, 3, …]"
    assert find_meant("", str) == ""


def test_the_nearest_word_costs_little_for_a_long_one() -> None:
    assert find_nearest("controler", ["controller", "contact"]) == "controller"
    assert find_nearest("x" * 1_000_000, ["controller"]) is None
