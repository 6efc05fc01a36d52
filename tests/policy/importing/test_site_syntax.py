"""What site generators write into pages is no text: it is read as what it is, or named, and leaves no trace."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.policy.importing.formats.admonitions import undress
from forecourt.policy.importing.formats.front_matter import split_front_matter
from forecourt.policy.importing.formats.site_syntax import SiteSyntax
from forecourt.policy.importing.import_file import ImportResult, import_into
from forecourt.templating import prose
from tests.policy.importing.test_pages import read_toml, write_file

TABLE = "| Sub-processor | Purpose | Location |\n| --- | --- | --- |\n| Acme Mail | Mail | Norway |\n"


def import_text(folder: Path, text: str, name: str = "page.md") -> tuple[ImportResult, dict[str, Any], dict[str, Any]]:
    """Imports a page, and returns the result, the facts and the words."""
    result = import_into(folder / "draft", write_file(folder, text, name), "en")
    return result, read_toml(folder / "draft", "facts.toml"), read_toml(folder / "draft", "words/en.toml")


@pytest.mark.parametrize(
    ("front_matter", "day"),
    [
        ("---\ntitle: Who helps us\nupdated_at: 2026-03-19\n---\n", "2026-03-19"),
        ("---\ntitle: 'Who helps us'  # html\nlastmod: 2026-03-19T10:00:00Z\ndate: 2020-01-01\n---\n", "2026-03-19"),
        ('---\r\ntitle: "Who helps us"\r\nlast_updated: March 19, 2026\r\n---\r\n', "2026-03-19"),
        ("---\ntitle: >-\n  Who helps\n  us\ndate: 19 March 2026\n...\n", "2026-03-19"),
        ("---\nlast_update:\n  date: 2026/03/19\n  author: Me\ntitle: Who helps us\n---\n", "2026-03-19"),
        ('+++\ntitle = "Who helps us"\ndate = 2026-03-19\n+++\n', "2026-03-19"),
        ('{\n  "title": "Who helps us",\n  "lastmod": "2026-03-19"\n}\n', "2026-03-19"),
        ("\ufeff---\ntitle: Who helps us\n---\n", None),
        ("Title: Who helps us\nDate: 2026-03-19\n", "2026-03-19"),
        ("title:   Who helps\n         us\nLast updated: March 19, 2026\n", "2026-03-19"),
        ("Title:\tWho helps us\r\n", None),
        ("% Who helps us\n%\n% 19 March 2026\n", "2026-03-19"),
    ],
)
def test_front_matter_gives_title_and_date_and_is_no_heading(
    front_matter: str, day: str | None, tmp_path: Path
) -> None:
    _, facts, words = import_text(tmp_path, f"{front_matter}\nWe use these.\n\n## Servers\n\n{TABLE}")
    assert (words["title"], words["summary"]) == ("Who helps us", "We use these.")
    assert (str(facts["updated"]) if "updated" in facts else None) == day
    assert facts["sections"] == ["servers"]


def test_lines_with_a_colon_and_no_title_are_the_pages_own(tmp_path: Path) -> None:
    for text in ("Updated: 2026-03-19\n\n# Us\n", "Note: it changes.\nSee below.\n\n# Us\n", "Title:\n\n# Us\n"):
        assert split_front_matter(text).text == text
    result, _, _ = import_text(tmp_path, f"Title: Us\nAuthor: Jane Doe\nTags: Acme GmbH\n\n{TABLE}")
    assert [str(each) for each in result.unplaced] == [
        "the front matter (line 1): was not taken: 'Author: Jane Doe; Tags: Acme GmbH'"
    ]


def test_what_else_front_matter_says_is_named(tmp_path: Path) -> None:
    text = "---\ntitle: Us\nlayout: legal\nvendors:\n  - name: Acme\n---\n# Who helps us\n" + TABLE
    result, _, words = import_text(tmp_path, text)
    assert words["title"] == "Who helps us"
    assert [str(each) for each in result.unplaced] == [
        "the front matter (line 2): was not taken: 'layout: legal; vendors: - name: Acme'",
        "the front matter: 'Us' is the title there; the page's own was taken",
    ]


def test_the_date_in_the_page_goes_before_the_one_in_front_matter(tmp_path: Path) -> None:
    text = f"---\ndate: 2020-01-01\n---\n# Us\n\nLast updated 8 June 2023.\n\n{TABLE}"
    result, facts, _ = import_text(tmp_path, text)
    assert str(facts["updated"]) == "2023-06-08"
    assert "2020-01-01 stands there too; 2023-06-08 was taken" in str(result.unplaced[0])


@pytest.mark.parametrize(
    "text", ["---\n\nOnly a line.\n\n---\n", "---\nWords, not keys\n---\n", "+++\n", "{\n", "no: key"]
)
def test_a_line_across_the_page_is_no_front_matter(text: str) -> None:
    assert split_front_matter(text).text == text


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("## Servers {#servers}", "<h2>Servers</h2>"),
        ("## Servers { #servers .wide }", "<h2>Servers</h2>"),
        ("## Servers {-}", "<h2>Servers</h2>"),
        ("Words.\n{: .lead #id}", "<p>Words.</p>"),
        ("*Words*{:target=_blank}.", "<p><em>Words</em>.</p>"),
        (":::note\nWords.\n:::", "<p>Words.</p>"),
        (":::tip[Mind]\n\nWords.\n\n:::", "<p><strong>Mind</strong></p>\n<p>Words.</p>"),
        ("::: warning Mind\nWords.\n:::", "<p><strong>Mind</strong>\nWords.</p>"),
        (":::{note}\nWords.\n:::", "<p>Words.</p>"),
        ("!!! note\n    Words.\n\n    More.", "<p>Words.</p>\n<p>More.</p>"),
        ('??? note "Mind"\n\n    Words.', "<p><strong>Mind</strong></p>\n<p>Words.</p>"),
        ('=== "Mind"\n\n    Words.', "<p><strong>Mind</strong></p>\n<p>Words.</p>"),
        ("> [!NOTE]\n> Words.", "<blockquote>\n<p>Words.</p>\n</blockquote>"),
        ("```{note} Mind\nWords.\n```", "<p><strong>Mind</strong>\nWords.</p>"),
        ('{% hint style="info" %}\nWords.\n{% endhint %}', "<p>Words.</p>"),
        ("{{< note >}}Words.{{< /note >}}", "<p>Words.</p>"),
        ("{{% tip %}}\nWords.\n{{% /tip %}}", "<p>Words.</p>"),
        ("{% raw %}Words.{% endraw %}", "<p>Words.</p>"),
        ("<!-- old -->\nWords. <!-- a\nb -->", "<p>Words.</p>"),
        ("Words.{/* old */}{# old #}", "<p>Words.</p>"),
        ("[[_TOC_]]\n\nWords.", "<p>Words.</p>"),
        ("[TOC]\n\nWords.", "<p>Words.</p>"),
        ("* TOC\n{:toc}\n\nWords.", "<p>Words.</p>"),
        ("import A from '../a'\nimport './b.css'\n\nWords.", "<p>Words.</p>"),
        ("<Callout>\n\nWords.\n\n</Callout>", "<p>Words.</p>"),
        ("Title\n---", "<h2>Title</h2>"),
        ("It is {really} so: {a, b}.", "<p>It is {really} so: {a, b}.</p>"),
    ],
)
def test_what_dresses_a_page_leaves_no_trace(source: str, html: str) -> None:
    syntax = SiteSyntax(source)
    text = undress(syntax.clean())
    assert str(prose(text)).strip().replace("</p>\n\n", "</p>\n") == html
    assert syntax.left_out == []
    assert text.count("\n") == source.count("\n")


@pytest.mark.parametrize(
    "template",
    [
        "{{ site.name }}",
        "{{{ raw }}}",
        '{{< vendors region="eu" >}}',
        '{{< details summary="Acme" >}}',
        '{% include "vendors.html" %}',
        '{% tab title="EU" %}',
        "{% for vendor in vendors %}",
        "<%= vendors %>",
        "<?php echo $vendors; ?>",
        "<Vendors rows={[1, 2]} />",
        '<Card title="Acme">',
        "{frontMatter.title}",
    ],
)
def test_what_a_template_would_say_is_named_with_its_line(template: str, tmp_path: Path) -> None:
    result, _, words = import_text(tmp_path, f"# Us\n\nWords {template} here.\n\n{TABLE}")
    assert [str(each) for each in result.unplaced] == [f"the site's generator (line 3): was not taken: '{template}'"]
    assert " ".join(words["summary"].split()) == "Words here."


def test_a_list_of_companies_in_code_is_named(tmp_path: Path) -> None:
    code = "export const vendors = [\n  { name: 'Acme' },\n]"
    result, _, _ = import_text(
        tmp_path, f"# Us\n\n{code}\n\n{{vendors.map((each) => (\n  <p>x</p>\n))}}\n\n{TABLE}", "page.mdx"
    )
    assert [str(each.where) for each in result.unplaced] == [
        "the site's generator (line 3)",
        "the site's generator (line 7)",
    ]
    assert "Acme" in str(result.unplaced[0].why)


def test_a_link_to_a_template_is_its_words(tmp_path: Path) -> None:
    result, _, words = import_text(tmp_path, f'# Us\n\nSee [privacy]({{{{< relref "privacy" >}}}}).\n\n{TABLE}')
    assert words["summary"] == "See privacy."
    assert [str(each.why) for each in result.unplaced] == ["was not taken: '{{< relref \"privacy\" >}}'"]


def test_rows_keep_the_lines_that_they_have_in_the_file(tmp_path: Path) -> None:
    text = f"---\ntitle: Us\n---\n<!-- a\nb -->\n:::note\nWords.\n:::\n\n{TABLE.replace('Norway', 'Atlantis')}"
    result, _, _ = import_text(tmp_path, text)
    assert [str(each) for each in result.unplaced] == ["table 1, row 1 (line 12), column 3: 'Atlantis' is no country"]


def test_a_name_in_braces_is_no_fact_of_ours(tmp_path: Path) -> None:
    page = f"# About {{processor}}\n\nAsk {{processor}} and {{us}}.\n\n{TABLE.replace('Mail |', '{service} |', 1)}"
    result, _, words = import_text(tmp_path, page)
    assert words["title"] == "About processor"
    assert str(prose(words["summary"])) == "<p>Ask {processor} and {us}.</p>\n"
    assert "{processor}" not in words["summary"]
    assert {str(each.why) for each in result.unplaced} >= {"'{processor}' is no fact of ours; it was taken as words"}


def test_a_template_of_html_is_cleaned_and_other_pages_braces_stay(tmp_path: Path) -> None:
    table = "<h2>Servers</h2><table><tr><th>Company<th>Country<tr><td>Acme {{ x }}<td>Norway</table>"
    result, facts, _ = import_text(
        tmp_path, f"---\ntitle: Us\n---\n{{% block a %}}\n{table}{{% endblock %}}", "page.html"
    )
    assert facts["entities"]["acme"]["legal_name"] == "Acme"
    assert [str(each.why) for each in result.unplaced] == ["was not taken: '{{ x }}'"]
    (tmp_path / "other").mkdir()
    _, facts, _ = import_text(tmp_path / "other", table, "page.html")
    assert facts["entities"]["acme-x"]["legal_name"] == "Acme {{ x }}"


@given(st.text(alphabet="{}%<>-#/:! \n|abnote=\"'.*[]()+`", max_size=200))
def test_any_source_is_cleaned_and_keeps_its_lines(source: str) -> None:
    assert undress(SiteSyntax(split_front_matter(source).text).clean()).count("\n") == source.count("\n")


@pytest.mark.parametrize(
    "piece",
    [
        "{{",
        "{%",
        "<!--",
        "<A ",
        "{#",
        "[a]({{",
        "{a.b",
        "import a",
        "---\na: b\n",
        "{\n",
        ":::",
        "<?php",
        "[a ",
        "[a b=",
        "[[a",
        "== a",
        "%%",
        "{panel:",
        ":a",
        "| ^a",
        "$" + "{",
    ],
)
def test_hostile_source_is_cleaned(piece: str) -> None:
    source = piece * (400_000 // len(piece))
    assert undress(SiteSyntax(split_front_matter(source).text).clean()).count("\n") == source.count("\n")


@pytest.mark.parametrize(
    "source",
    [
        '{% tabs %}\n{% tab title="Acme Mail" %}\nSends mails\n{% endtab %}\n{% tab title="Beta Chat" %}\nChats\n'
        "{% endtab %}\n{% endtabs %}\n",
        "<Tabs>\n<TabItem value='a' label='Acme Mail'>\n\nSends mails\n\n</TabItem>\n"
        "<TabItem value='b' label='Beta Chat'>\n\nChats\n\n</TabItem>\n</Tabs>\n",
        '<Card title="Acme Mail" icon="x">Sends mails</Card>\n<Card title="Beta Chat">Chats</Card>\n',
        '<CardGroup cols={2}>\n  <Card title={"Acme Mail"}>\n    Sends mails\n  </Card>\n'
        "  <Card title='Beta Chat'>\n    Chats\n  </Card>\n</CardGroup>\n",
        '{{< details "Acme Mail" >}}\nSends mails\n{{< /details >}}\n'
        '{{< details "Beta Chat" >}}\nChats\n{{< /details >}}\n',
    ],
)
def test_what_a_tab_or_card_is_called_may_be_a_company(source: str, tmp_path: Path) -> None:
    result, facts, words = import_text(tmp_path, f"# Subprocessors\n\n{source}")
    assert [each["legal_name"] for each in facts["entities"].values()] == ["Acme Mail", "Beta Chat"]
    assert sorted(words["purpose"].values()) == ["Chats", "Sends mails"]
    assert result.unplaced == ()
    assert len(result.assumed) == 2


@pytest.mark.parametrize(
    ("row", "names", "unplaced"),
    [
        ("[[Beta]] | ==Chat== | Norway ^b1", ["Beta"], []),
        ("[[vendors/beta\\|Beta]] | %%ask Jo%% Chat | Norway", ["Beta"], []),
        ("Beta ![[logo.png]] | Chat | Norway", ["Beta"], ["![[logo.png]]"]),
        ("Beta [icon name='x'] | Chat [note /] | Norway", ["Beta"], ["[icon name='x']", "[note /]"]),
        ("Beta {status:colour=Green} | Chat | Norway", ["Beta"], ["{status:colour=Green}"]),
        ("Beta {status} | Chat | Norway", ["Beta"], ["{status}"]),
        ("[Beta](https://b.example) | [Chat][1] | Norway", ["Beta"], []),
        ("[su_b]Beta[/su_b] | Chat | Norway", ["Beta"], []),
    ],
)
def test_marks_of_wikis_and_content_systems_are_no_part_of_a_cell(
    row: str, names: list[str], unplaced: list[str], tmp_path: Path
) -> None:
    result, facts, words = import_text(tmp_path, f"# Us\n\n{TABLE}| {row} |\n\n[1]: https://c.example\n")
    assert [each["legal_name"] for each in facts["entities"].values()] == ["Acme Mail", *names]
    assert sorted(words["purpose"].values()) == ["Chat", "Mail"]
    assert [each["locations"] for each in facts["engagements"].values()] == [[{"country": "NO"}]] * 2
    lines = [str(each) for each in result.unplaced if "its links" not in str(each)]
    assert lines == [f"the site's generator (line 6): was not taken: '{each}'" for each in unplaced]


def test_a_templates_name_is_no_company(tmp_path: Path) -> None:
    page = "<h1>Us</h1><table><tr><th>Vendor<th>Purpose<tr><td>{vendor.name}<td>Chat<tr><td>${name}<td>Mail</table>"
    result, facts, _ = import_text(tmp_path, page, "page.html")
    assert facts["entities"] == {}
    assert sum("is a template's name for a company" in str(each) for each in result.unplaced) == 2


def test_a_macros_title_is_a_heading(tmp_path: Path) -> None:
    page = f"# Us\n\n{{toc}}\n{{panel:title=In Europe|borderStyle=solid}}\n\n{TABLE}\n{{panel}}\n"
    result, _, words = import_text(tmp_path, page)
    assert [each["title"] for each in words["section"].values()] == ["In Europe"]
    assert result.unplaced == ()


def test_a_tab_over_a_table_is_a_heading(tmp_path: Path) -> None:
    _, _, words = import_text(tmp_path, f'# Us\n\n{{% tab title="In Europe" %}}\n\n{TABLE}\n{{% endtab %}}\n')
    assert [each["title"] for each in words["section"].values()] == ["In Europe"]


def test_a_pictures_code_is_no_part_of_a_name_and_a_flags_is_a_country(tmp_path: Path) -> None:
    source = TABLE + "| Beta :warning: | :moneybag: Pay | :flag-ie: |\n| [Gamma]{.new} | Pay | :norway: Norway |\n"
    result, facts, _ = import_text(tmp_path, f"# Us\n\n{source}")
    assert [each["legal_name"] for each in facts["entities"].values()] == ["Acme Mail", "Beta", "Gamma"]
    assert [each["locations"] for each in facts["engagements"].values()] == [
        [{"country": country}] for country in ("NO", "IE", "NO")
    ]
    assert [str(each) for each in result.unplaced] == [
        f"the site's generator (line 6): was not taken: ':{name}:'" for name in ("warning", "moneybag")
    ]
