"""Checks that the demo's privacy policy is true of what Forecourt stores, with its version, in every language."""

from pathlib import Path

import pytest

from forecourt.errors import PolicyBroken
from forecourt.policy import privacy_policy
from forecourt.policy.hosted import privacy_page
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.placeholders import find_placeholders
from forecourt.resources import SAMPLE
from forecourt.settings.site import FeatureSettings, SiteSettings
from tests.policy.markup import ParsedPage, parse_page
from tests.policy.page_samples import fragment
from tests.policy.sample import FOLDER, LANGUAGES, edition, localized_sample

SITE = SiteSettings(
    origins=("http://localhost:8001",),
    controller="Quality Unit, s. r. o.",
    email="support@example.com",
    policy=FOLDER,
    privacy_policy=SAMPLE / "privacy",
    contact=FeatureSettings(("support",), ("linode-eu",)),
    chat=FeatureSettings(("support",), ("linode-eu", "websupport")),
)


def parse_privacy_policy(language: str) -> ParsedPage:
    texts = privacy_policy.load_privacy_policy(SITE.privacy_policy)
    html = privacy_page.render_privacy_page(LiveSite("main", SITE, edition(), texts), language)
    return parse_page(html.removeprefix("<!doctype html>"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_its_version_controller_and_contact(language: str) -> None:
    page = parse_privacy_policy(language)
    assert "2026-11-23" in page.text
    assert "Quality Unit, s. r. o." in page.text
    assert "mailto:support@example.com" in page.links
    assert "730" in page.text
    assert "{" not in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_sees_the_data_is_linked_to_its_row_in_the_policy(language: str) -> None:
    links = [link for link in parse_privacy_policy(language).links if "#fc-" in link]
    assert links == [f"/main/{language}/#fc-linode-eu", f"/main/{language}/#fc-websupport"]
    assert all(f'id="{link.partition("#")[2]}"' in fragment(localized_sample(language)) for link in links)


def test_the_page_says_what_is_stored_and_how_to_withdraw() -> None:
    text = parse_privacy_policy("en").text
    statements = (
        "no cookie", "random visitor number", "hash of the text", "/24", "/48", "kind of browser", "random token",
        "message and the files you add", "messages and files that you and we send", "outbox", "withdraw", "complain",
    )  # fmt: skip
    assert [each for each in statements if each not in text] == []


def test_both_languages_have_the_same_parts_and_name_the_same_facts() -> None:
    texts = privacy_policy.load_privacy_policy(SITE.privacy_policy).texts
    assert set(texts) == set(LANGUAGES)
    assert find_placeholders(texts["en"]) == find_placeholders(texts["nb"])
    assert parse_privacy_policy("en").tags == parse_privacy_policy("nb").tags


def test_a_folder_without_version_or_text_is_refused_in_sentences(tmp_path: Path) -> None:
    with pytest.raises(PolicyBroken) as caught:
        privacy_policy.load_privacy_policy(tmp_path)
    assert len(caught.value.sentences) == 2
    (tmp_path / "version.txt").write_text("1")
    (tmp_path / "en.md").write_text(" \n")
    with pytest.raises(PolicyBroken, match=r"en\.md: is blank"):
        privacy_policy.load_privacy_policy(tmp_path)
