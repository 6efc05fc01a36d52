"""What plainly is a company is taken, what plainly is none is not, and what may be one is named with its place."""

from pathlib import Path

import pytest

from forecourt.policy.importing.companies.company_names import NameSign, judge_name
from tests.policy.importing.test_cells import ImportedPage, import_page

TERMS = """
# Terms of Service

## Definitions

- **Account**: what you sign in with.
- **Service**: what we offer.
- **Customer Data**: whatever you upload.

## Your rights

* Right of access
* Right to erasure
* Data portability

## How we protect data

1. Encryption in transit and at rest
2. Access controls
3. Monitoring

### Payment, Refunds, Upgrading

You pay by card. Refunds are possible.

### Cancellation

You may cancel whenever you like.

## Contact

- Email: help@example.com
- Phone: +47 22 33 44 55
"""
ABOUT_SUBPROCESSORS = """
# Subprocessors

## What is a subprocessor?

A third party that processes data for us. It may do this:

- Data Processing: it stores or transmits data
- Contractual Agreement: we have a contract with it
- Security Measures: it protects data

## How we choose them

- Due diligence
- Encryption
- Incident response

## Notification of changes

We notify customers of new subprocessors by:

- Email to administrators
- A note on this page
- Slack

## Your right to object

You may object within 30 days.
"""
NAVIGATION = """
<nav><ul><li><a href=/>Home</a><li><a href=/p>Pricing</a><li><a href=/d>Documentation</a></ul></nav>
<main><h1>Subprocessors</h1><p>We use none.</p></main>
<footer><ul><li><a href=/t>Terms of Service</a><li><a href=/s>Security</a></ul></footer>
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [("terms.md", TERMS), ("about.md", ABOUT_SUBPROCESSORS), ("menu.html", NAVIGATION)],
)
def test_terms_privacy_prose_and_menus_are_no_companies(name: str, text: str, tmp_path: Path) -> None:
    page = import_page(tmp_path, text, name)
    assert page.facts["engagements"] == {}
    assert page.assumed == []
    assert page.unplaced == ["the page: no company was found on it"]


def test_text_that_names_no_company_stays_as_it_was(tmp_path: Path) -> None:
    page = import_page(tmp_path, TERMS, "page.md")
    assert page.words["section"]["your-rights"]["text"] == "* Right of access\n* Right to erasure\n* Data portability"


@pytest.mark.parametrize(
    "line",
    [
        "Stand: Mai 2024",
        "Opdateret: maj 2024",
        "Bijgewerkt: mei 2024",
        "Aggiornato: 05/2024",
        "Effective August 1, 2026.",
        "Gjelder fra 1. august 2026",
        "Stand 1. August 2026",
    ],
)
def test_a_line_that_dates_the_page_is_no_company(line: str, tmp_path: Path) -> None:
    text = f"# Subprocessors\n{line}\n\n| Company | Purpose |\n| --- | --- |\n| Zed | Hosting |\n"
    assert import_page(tmp_path, text, "page.md").names == ["Zed"]


def test_a_page_with_a_title_and_a_list_is_not_told_that_it_has_no_heading(tmp_path: Path) -> None:
    page = import_page(tmp_path, "# Subprocessors\n\n* [Cloudwall](https://c.example/). Cloud services.\n", "page.md")
    assert (page.words["title"], page.names) == ("Subprocessors", ["Cloudwall"])
    page = import_page(tmp_path / "draft", "# Subprocessors\n\nWe use none.\n", "page.md")
    assert page.unplaced == ["the page: no company was found on it"]


def test_each_company_says_how_sure_it_is(tmp_path: Path) -> None:
    text = """
# Subprocessors

- [Acme GmbH](https://acme.example): Hosting
- Exoscale: Computing
- Exodus
- Close

They close tickets.
"""
    page = import_page(tmp_path, text, "page.md")
    assert page.assumed == [
        "list 1, item 1 (line 4): 'Acme GmbH' is a company: sure "
        "(legal form, domain or known name, link or bold type, described, announced above)",
        "list 1, item 2 (line 5): 'Exoscale' is a company: likely (looks like a name, described, announced above)",
        "list 1, item 3 (line 6): 'Exodus' is a company: likely (looks like a name, announced above)",
        "list 1, item 4 (line 7): 'Close' is a company: not sure (announced above)",
    ]


def test_an_item_that_is_no_company_among_companies_is_named(tmp_path: Path) -> None:
    text = "# Subprocessors\n\n- Exoscale: Computing\n- Paystone: Payments\n- other providers, as needed\n"
    page = import_page(tmp_path, text, "page.md")
    assert page.names == ["Exoscale", "Paystone"]
    assert page.unplaced == [
        "list 1, item 3 (line 5): 'other providers, as needed' looks like no company, and was not taken"
    ]


def test_what_may_be_a_company_in_a_list_of_other_things_stays_text_and_is_named(tmp_path: Path) -> None:
    text = "# Terms\n\n- You may not resell it.\n- Ask Acme.\n- Acme Hosting GmbH\n- You pay monthly.\n"
    page = import_page(tmp_path, text, "page.md")
    assert "Acme Hosting GmbH" in page.words["summary"]
    assert page.unplaced == [
        "list 1, item 3 (line 5): 'Acme Hosting GmbH' looks like a company, and stayed text",
        "the page: no company was found on it",
    ]


def test_a_list_of_lists_has_a_heading_for_each(tmp_path: Path) -> None:
    text = """
# Subprocessors

- Infrastructure
  - Exoscale – servers (Switzerland)
  - Hetzer Online GmbH – servers (Germany)
- Payment processing:
  - Paystone – cards (Ireland)
"""
    page = import_page(tmp_path, text, "page.md")
    assert page.facts["sections"] == ["infrastructure", "payment-processing"]
    assert page.facts["engagements"]["paystone"]["kind"] == "payment-processing"
    assert page.names == ["Exoscale", "Hetzer Online GmbH", "Paystone"]


def test_a_purpose_before_its_companies_is_theirs(tmp_path: Path) -> None:
    text = "# Subprocessors\n\n- Hosting: Exoscale and Hetzer Online GmbH\n- Email delivery: Postline\n"
    page = import_page(tmp_path, text, "page.md")
    assert page.names == ["Exoscale", "Hetzer Online GmbH", "Postline"]
    assert page.facts["engagements"]["exoscale"]["purpose"] == page.facts["engagements"]["hetzer-online"]["purpose"]


@pytest.mark.parametrize(
    "above",
    ["## In the United States\n", "## United States\n", "These subprocessors are located in the United States:\n"],
)
def test_the_place_above_a_list_is_that_of_its_companies(above: str, tmp_path: Path) -> None:
    page = import_page(
        tmp_path, f"# Subprocessors\n\n{above}\n- Exoscale: Computing\n- Paystone: Payments\n", "page.md"
    )
    assert [each["locations"] for each in page.facts["engagements"].values()] == [[{"country": "US"}]] * 2


def test_a_region_above_a_list_is_named(tmp_path: Path) -> None:
    page = import_page(tmp_path, "# Subprocessors\n\n## In the EU\n\n- Exoscale: Computing\n", "page.md")
    assert page.unplaced == ["list 1, item 1 (line 5): 'EU' is a region; name its countries"]


def test_companies_below_headings_among_other_sections_have_a_section(tmp_path: Path) -> None:
    text = """
# Subprocessors

## What is a subprocessor?

A company.

## Exoscale

Runs the servers.

## Paystone Ltd

Payments.

## Changes

We tell you.
"""
    page = import_page(tmp_path, text, "page.md")
    assert page.names == ["Exoscale", "Paystone Ltd"]
    assert page.facts["sections"] == ["what-is-a-subprocessor", "subprocessors", "changes"]
    assert page.words["section"]["changes"]["text"] == "We tell you."


def test_what_stands_below_the_last_heading_is_not_all_its_companys(tmp_path: Path) -> None:
    text = "<h1>Subprocessors</h1><h3>Exoscale</h3><p>Servers.<h3>Paystone</h3><p>Payments.<p>We changed this in May."
    page = import_page(tmp_path, text)
    assert page.words["purpose"] == {"payments": "Payments", "servers": "Servers"}
    assert page.words["summary"] == "We changed this in May."


def test_the_legal_name_among_the_fields_is_the_companys_and_the_heading_its_service(tmp_path: Path) -> None:
    text = "# Subprocessors\n\n## Mailbird\n\n- Company: Bird Post GmbH\n- Location: Germany\n"
    page = import_page(tmp_path, text, "page.md")
    assert (page.names, page.words["service"]) == (["Bird Post GmbH"], {"mailbird": "Mailbird"})


def test_a_field_with_an_unknown_label_is_named(tmp_path: Path) -> None:
    text = "# Subprocessors\n\n## Exoscale\n\n- Purpose: Servers\n- Altitudes: Alps\n"
    page = import_page(tmp_path, text, "page.md")
    assert page.unplaced == [
        "run of headings 1, column 3: 'Altitudes' is no heading import knows; nothing of the column was taken: 'Alps'"
    ]


def test_a_table_of_contents_is_not_taken_twice(tmp_path: Path) -> None:
    text = (
        "# Subprocessors\n\n- [Exoscale](#e)\n- [Paystone](#p)\n\n## Exoscale\n\nServers\n\n## Paystone\n\nPayments\n"
    )
    page = import_page(tmp_path, text, "page.md")
    assert (page.names, len(page.facts["engagements"])) == (["Exoscale", "Paystone"], 2)


def test_cards_that_say_what_a_table_says_are_not_taken_twice(tmp_path: Path) -> None:
    card = "<div class=card><h3>Exoscale</h3><p>Servers</p></div><div class=card><h3>Paystone</h3><p>Payments</p></div>"
    rows = "<tr><th>Company<th>Purpose<tr><td>Exoscale<td>Servers<tr><td>Paystone<td>Payments"
    page = import_page(tmp_path, f"<h1>Subprocessors</h1>{card}<table>{rows}</table>")
    assert len(page.facts["engagements"]) == 2


def test_a_table_whose_headings_name_no_company_is_read_where_the_page_announces_them(tmp_path: Path) -> None:
    rows = "| Service | Purpose |\n|-|-|\n| Mailbird | Mail |\n| Payline | Payments |\n"
    page = import_page(tmp_path, f"# Subprocessors\n\n{rows}", "page.md")
    assert page.names == ["Mailbird", "Payline"]
    assert page.assumed[0].endswith("not sure (no heading says which column names the companies)")


def test_a_heading_that_speaks_of_providers_and_other_things_is_not_believed(tmp_path: Path) -> None:
    rows = "| Category | Examples, also of third-party providers |\n|-|-|\n| Needed | login cookies |\n"
    page = import_page(tmp_path, f"# Cookies\n\n{rows}", "page.md")
    assert page.names == []
    assert page.unplaced[0] == (
        "table 1: no column names a company; nothing of it was taken: "
        "'Category | Examples, also of third-party providers', 'Needed | login cookies'"
    )


def test_a_cell_across_a_table_is_a_heading_of_the_rows_below(tmp_path: Path) -> None:
    rows = (
        "<tr><th>Company<th>Purpose<tr><td colspan=2>Infrastructure<tr><td>Exoscale<td>Servers"
        "<tr><td colspan=2>Payments<tr><td>Paystone<td>Cards<tr><td colspan=2>* All of them by contract."
    )
    page = import_page(tmp_path, f"<h1>Subprocessors</h1><table>{rows}</table>")
    assert page.facts["sections"] == ["infrastructure", "payments"]
    assert page.words["section"]["payments"]["text"] == "* All of them by contract."
    assert page.unplaced == []


def test_a_copied_table_is_read_as_far_as_it_goes_and_the_rest_stays(tmp_path: Path) -> None:
    rows = "Clerk, Inc. Single Sign-on USA\nSuger Inc. Sales USA\nand some others\n"
    text = f"Subprocessors\n\nName Purpose Location\n{rows}"
    page = import_page(tmp_path, f"# List\n\n{text}", "page.md")
    assert page.names == ["Clerk, Inc.", "Suger Inc."]
    assert page.words["purpose"] == {"sales": "Sales", "single-sign-on": "Single Sign-on"}
    assert "and some others" in page.words["summary"]


def test_glued_cells_that_can_be_parted_in_two_ways_are_not_guessed(tmp_path: Path) -> None:
    text = "# Subprocessors\n\nCompanyPurposeLocation\nExoscaleServersNorway\nPayPalPaymentsIreland\n"
    page = import_page(tmp_path, text, "page.md")
    assert page.names == ["Exoscale"]
    assert "PayPalPaymentsIreland" in page.words["summary"]
    assert page.unplaced == ["text 1 (line 5): 'PayPalPaymentsIreland' may be a row of it, and stayed text"]


def test_companies_outside_the_main_part_are_named(tmp_path: Path) -> None:
    text = (
        "<header><h1>Subprocessors</h1></header><main><p>Exoscale:</p></main><footer>Acme Hosting GmbH, Berlin</footer>"
    )
    page = import_page(tmp_path, text)
    assert page.words["title"] == "Subprocessors"
    assert page.unplaced == [
        "what stands beside the main part: was not taken: 'Acme Hosting GmbH, Berlin'",
        "the page: no company was found on it",
        "line 1: 'Exoscale:' looks like a company, and stayed text",
    ]


def test_a_frame_is_named_since_its_companies_are_not_in_the_file(tmp_path: Path) -> None:
    page = import_page(tmp_path, "<h1>Subprocessors</h1><iframe src='https://trust.example/list'></iframe>")
    assert page.unplaced[0] == "a frame (line 1): was not taken: 'https://trust.example/list'"


def test_companies_of_the_draft_are_known_in_the_next_language(tmp_path: Path) -> None:
    import_page(tmp_path, "# Subprocessors\n\n- Exoscale: Servers\n- Paystone: Payments\n", "en.md")
    text = "# Hvem\n\n- Exoscale: tjenere\n- Paystone: betaling\n"
    page: ImportedPage = import_page(tmp_path, text, "nb.md", "nb")
    assert page.words["purpose"] == {"payments": "betaling", "servers": "tjenere"}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Linode, LLC", NameSign.SURE),
        ("example.io", NameSign.SURE),
        ("Hetzner Online GmbH", NameSign.SURE),
        ("Exoscale", NameSign.NAME),
        ("hCaptcha", NameSign.NAME),
        ("1Password", NameSign.NAME),
        ("Amazon Web Services (AWS)", NameSign.NAME),
        ("The Rocket Science Group", NameSign.NAME),
        ("株式会社メルカリ", NameSign.SURE),
        ("Payment Processing", NameSign.COMMON),
        ("Zahlungsabwicklung", NameSign.COMMON),
        ("What Is It", NameSign.COMMON),
        ("Germany", NameSign.COMMON),
        ("EU", NameSign.COMMON),
        ("Data storage", NameSign.NONE),
        ("Email addresses of the people who wrote to us", NameSign.NONE),
        ("They use maps", NameSign.NONE),
        ("28 October 2019", NameSign.NONE),
        ("May 2024", NameSign.NONE),
        ("", NameSign.NONE),
    ],
)
def test_a_name_goes_by_its_form_its_capitals_and_its_words(text: str, sign: NameSign) -> None:
    assert judge_name(text, "en") is sign


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# Subprocessors\n\nZorvex\n\nPayments\n\nIreland\n", "line 3: 'Zorvex'"),
        ("# Subprocessors\n\n## Payments\n\n[Zorvex](https://z.example), Ireland\n", "line 5: 'Zorvex, Ireland'"),
        ("# Subprocessors\n\nZorvex, Qualm, Fnord\n", "line 3: 'Zorvex, Qualm, Fnord'"),
    ],
)
def test_a_page_without_companies_names_the_lines_that_may_be_some(text: str, line: str, tmp_path: Path) -> None:
    page = import_page(tmp_path, text, "page.md")
    assert page.names == []
    assert page.unplaced[-1] == f"{line} looks like a company, and stayed text"


@pytest.mark.parametrize(("dots", "names"), [(3, ["Clerk, Inc."]), (300, [])])
def test_a_line_too_long_for_headings_begins_no_table(dots: int, names: list[str], tmp_path: Path) -> None:
    text = f"# Page\n\nCompany Purpose Location{'.' * dots}\nClerk, Inc. Authentication USA\n"
    assert import_page(tmp_path, text, "page.md").names == names


@pytest.mark.parametrize(
    ("headings", "row", "names"),
    [
        ("Company\tPurpose", "Clerk, Inc.\tAuthentication", ["Clerk, Inc."]),
        ("Company\tPurpose", "Authentication", []),
        ("CompanyPurposeLocation", "StripePaymentsIreland", ["Stripe"]),
        ("CompanyPurposeLocation", "Payments", []),
        ("Company Purpose Location", "Clerk, Inc. Authentication USA", ["Clerk, Inc."]),
        ("Purpose Company Location", "Authentication Clerk USA", []),
    ],
)
def test_headings_without_a_row_that_fits_them_are_no_table(
    headings: str, row: str, names: list[str], tmp_path: Path
) -> None:
    assert import_page(tmp_path, f"# Page\n\n{headings}\n{row}\n", "page.md").names == names


@pytest.mark.parametrize(
    "heading", ["Our subprocessors", "Våre underleverandører", "Unsere Unterauftragnehmer", "Legal"]
)
def test_a_list_below_our_subprocessors_is_one_of_companies(heading: str, tmp_path: Path) -> None:
    sentence = "We use the following subprocessors:" if heading == "Legal" else "Last week."
    text = f"# {heading}\n\n{sentence}\n\n- Exoscale: Servers\n- Paystone: Payments\n- Ledgerly: Invoices\n"
    assert import_page(tmp_path, text, "page.md").names == ["Exoscale", "Ledgerly", "Paystone"]


@pytest.mark.parametrize(
    "menu",
    [
        '<div class="nav"><a href="/">Home</a> · <a href="/legal">Legal</a></div>',
        '<ul class="breadcrumbs"><li><a href="/">Home</a> /<li><a href="/legal">Legal</a></ul>',
        '<p class="site-nav wide"><a href="/">Home</a> | <a href="/legal">Legal</a></p>',
    ],
)
def test_a_menu_that_only_its_class_names_is_left_out(menu: str, tmp_path: Path) -> None:
    page = import_page(tmp_path, f"{menu}<h1>Subprocessors</h1><p>Ours.<ul><li>Kelpstore GmbH: backups, Germany</ul>")
    assert page.words["summary"] == "Ours."
    assert "Legal" not in str(page.words)


def test_what_is_called_a_menu_and_says_more_than_links_stays(tmp_path: Path) -> None:
    text = '<div class="menu"><h1>Subprocessors</h1><p>Read <a href="/x">more</a>.</p></div>'
    assert import_page(tmp_path, text).words["summary"] == "Read [more](/x)."


def test_the_mark_of_a_footnote_does_not_stay_in_its_text(tmp_path: Path) -> None:
    text = "# Subprocessors\n\n|Company|Purpose|\n|-|-|\n|Kelpstore GmbH[^1]|Backups|\n\n[^1]: Only on request.\n"
    page = import_page(tmp_path, text, "page.md")
    assert page.words["summary"] == "Only on request."
    assert page.unplaced == ["table 1, row 1 (line 5): footnote mark '[^1]' beside 'Kelpstore GmbH' was not taken"]
