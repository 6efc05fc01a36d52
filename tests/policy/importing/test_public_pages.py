"""Pages in the shapes of lists that companies have in public, with made-up names, are read as their readers would."""

from pathlib import Path

import pytest

from tests.policy.importing.test_cells import ImportedPage, import_page

Row = tuple[str, str, str]

LISTS_BY_COUNTRY = """---
title: Waypost Subprocessors
description: All the third-party subprocessors that we use.
---

# Waypost subprocessors

*Last updated: June 8, 2023*

We use third party subprocessors, such as cloud computing providers, to run Waypost (the service).

These subprocessors are all located in the United States:

* [Zorvex Web Services](https://zorvex.example/gdpr-center/). Cloud services provider.
* [Qualm.com](https://www.qualm.example/privacy/). A/B testing software.
* [hWobble](https://hwobble.example/privacy). Anti-bot protection.

These subprocessors are located in the EU:

* [Fnord](https://fnord.example/gdpr.html). Application monitoring.

If you want to be notified, subscribe to our [repository](https://code.example/policies).
"""
HEADINGS_WITH_LINKS = """<title>Fieldnote</title><nav><ul><li><a href=/faq>FAQ</a></ul></nav>
<main role="main"><section><h1>Fieldnote sub-processors</h1>
<div class="alert" role="alert">For further information see <a href="legal">legal & compliance</a></div>
<p>The service is offered by <a href="https://x.example">Fieldnote GmbH</a>, a Swiss company based in Laax.</p>
<h3>Zorvex</h3><p>Zorvex is running the datacenters.</p>
<ul><li><a href="https://zorvex.example/dpa">Zorvex data processing agreement</a></li>
<li><a href="https://zorvex.example/c">Zorvex compliance information</a></li></ul>
<h3>Qualm</h3><p>Qualm is a payment provider.</p>
<ul><li><a href="https://qualm.example/dpa">Qualm data processing agreement</a>
<li><a href="https://qualm.example/c">Qualm compliance information</a></ul>
<h3>Version</h3><p><strong>Version 1.1, 22.6.2026</strong></p>
<ul><li>Removal of Fnord.example</li><li>Addition of Qualm</li></ul></section></main>
"""
TABLES_BY_KIND = """---
title: Subprocessor List
slug: subprocessors
---

Penny uses select third-party subprocessors to deliver core product functionality.

### AI Subprocessors

Penny offers three modes for AI:

1. **Bring your own API key** — data goes directly from the customer to the model provider.
2. [**External Agents**](https://penny.example/agents) — data is not stored by Penny.
3. **Penny-hosted models** — Penny sends prompts to one of its AI providers (listed below).

### Ongoing Updates

**Last Updated**: March 2, 2026

---

## Infrastructure & Hosting

| Subprocessor            | Purpose                                  | Data Location |
| ----------------------- | ---------------------------------------- | ------------- |
| **Zorvex**              | Network services, Zorvex Workers         | Global        |
| **Qualm Web Services**  | Telemetry ingestion pipeline, buckets    | United States |

---

## Operational Tools

| Subprocessor | Purpose                               | Data Location |
| ------------ | ------------------------------------- | ------------- |
| **Fnord.ai** | Customer relationship management      | United States |
"""
FRONT_MATTER_AND_SHORTCODES = """---
title: 'Subprocessors'
description: ''
seo:
    title: 'Subprocessors'
date: 2025-10-16
version: '1.1.5'
url: '/subprocessors'
---

{{< alert icon="empty" cardColor="gradient" >}}

The **[German original]({{< relref path="pages/legal" lang="de" >}})** is legally binding.

{{< /alert >}}

These are the subprocessors of **Tafel GmbH, 117er Ehrenhof 5, 55118 Mainz, Germany**.

### 1. Subprocessing Relationships – Hosting

| Subprocessor       | Address                                             | Role                      |
| ------------------ | --------------------------------------------------- | ------------------------- |
| Zorvex SA          | Boulevard de Grancy 19A, 1060 Lausanne, Switzerland | Hosting, storage, backup  |
| Qualm Online GmbH  | Industriestraße 25, 91710 Gunzenhausen, Germany     | Hosting of test systems   |

### 2. Subprocessing Relationships – Payment

| Subprocessor       | Location           | Role               |
| ------------------ | ------------------ | ------------------ |
| Fnord Europe Ltd.  | Dublin, IE         | Payment processing |
| Chargit Inc.       | San Francisco, USA | Billing            |

### Changelog

- 2025-10-16: Added Fnord Europe Ltd.
- 2024-01-01: Removed Vexcel Inc.
"""
CONTACT_DETAILS = """# Sub-Processor List

Ruling Services s.r.o. (“Ruling,” “we”) may engage certain data processors (“Sub-Processors”).

| Sub-Processor | Location | Ruling Regions | Purpose/Services	 | Website & Contact Details |
| --- | --- | --- | --- | --- |
| Zorvex Web (ZW) | United States  | Global, USA, EU | Hosting | <p><a href="https://z.example/">https://z.example</a></p><p>440 Terry Ave N<br>Seattle, WA 98109</p> |
| Qualm Limited   |  Ireland | Global, USA, EU | Database | <p>Building Two, Ballsbridge, Dublin 4, Ireland</p> |
| Ruling a.s.     | Czech republic | Global | Property | <p>Ruling a.s.<br>Anglická 141/20<br>Praha 120 00<br>Czech republic</p> |

This list can change in the future.
"""  # noqa: E501 - one row of a table is one line
CARDS_WITH_LABELS = """<h1>Subprocessors</h1><p><em>Last updated: June 1, 2021</em></p>
<div class="subprocessor"><h3>Zorvex</h3><p><strong>Nature of Processing:</strong> hosting environment<br />
<strong>Territories:</strong> United States</p></div>
<div class="subprocessor"><h3>Qualm</h3><p><strong>Nature of Processing:</strong> payment processing<br />
<strong>Territories:</strong>United Kingdom</p></div>
"""
HTML_IN_MARKDOWN = """---
slug: "subprocessors"
date: '2017-12-07T15:14:32+08:00'
type: ml_layout
---

<section class="">
  <div class="padding50">
        <h2><b>Acme Subprocessors</b></h2>
        <h6>Current as of 1 January 2021</h6>
        <br>
     <p>
     As our business grows, the Subprocessors we engage may also change.
    </p><br>
    <table class="table-bordered">
      <thead>
        <tr>
          <th class="padding5">Third Party Service/ Vendor</th>
          <th class="padding5">Purpose</th>
          <th class="padding5">Location</th>
        </tr>
      </thead>
        <tbody>
        <tr>
          <td class="padding5">Zorvex</td>
          <td class="padding5"> Customer Support</td>
          <td class="padding5">USA</td>
        </tr>
        <tr>
          <td class="padding5">AWS Qualm</td>
          <td class="padding5">Data Hosting</td>
          <td class="padding5">Ireland, USA, India</td>
        </tr>
        </tbody>
  </table>
  </div>
</section>
"""
BRANDS_AND_COMPANIES = """# Subprocessors

Last reviewed: **2026-08-26.**

## Core

| Subprocessor                    | Purpose              | Data reached | Location                            |
| ------------------------------- | -------------------- | ------------ | ----------------------------------- |
| **Zorvex** (Zorvex Cloud, Inc.) | Hosting — long-lived | All data     | Ashburn, USA                        |
| **Qualm** (Qualm Insights OÜ)   | Analytics            | Events       | EU (Estonia / Germany)              |
"""
EXPORT = """Tags,InternalNotes,Name,Description,Countries,LogoRemoteUrl,OwnerId,EntityIDs,TrustCenterSubprocessorIDs
core,ask Jo,Zorvex,Hosting,"US, CA",https://z.example/l.png,01J,01K,01L
core,,Qualm,Mails,IE,https://q.example/l.png,01J,01M,01N
"""
TWO_COLONS = """# Subprocessors
::callout{type="note"}
**Last updated:** 2026-06-26.
::

::card-group
  ::card{title="Zorvex" icon="x"}
  Payments
  ::
  ::card{title="Qualm"}
  Hosting
  ::
::
"""
PAGES: dict[str, tuple[str, str, str, list[Row]]] = {
    "lists by country": (LISTS_BY_COUNTRY, "page.md", "2023-06-08", [
        ("Zorvex Web Services", "Cloud services provider", "US"), ("Qualm.com", "A/B testing software", "US"),
        ("hWobble", "Anti-bot protection", "US"), ("Fnord", "Application monitoring", "")]),
    "headings with links": (HEADINGS_WITH_LINKS, "page.html", "2026-06-22", [
        ("Zorvex", "Zorvex is running the datacenters", ""), ("Qualm", "Qualm is a payment provider", "")]),
    "tables by kind": (TABLES_BY_KIND, "page.md", "2026-03-02", [
        ("Zorvex", "Network services, Zorvex Workers", ""),
        ("Qualm Web Services", "Telemetry ingestion pipeline, buckets", "US"),
        ("Fnord.ai", "Customer relationship management", "US")]),
    "front matter and shortcodes": (FRONT_MATTER_AND_SHORTCODES, "page.md", "2025-10-16", [
        ("Zorvex SA", "Hosting, storage, backup", ""), ("Qualm Online GmbH", "Hosting of test systems", ""),
        ("Fnord Europe Ltd.", "Payment processing", "IE"), ("Chargit Inc.", "Billing", "US")]),
    "contact details": (CONTACT_DETAILS, "page.md", "", [
        ("Zorvex Web (ZW)", "Hosting", "US"), ("Qualm Limited", "Database", "IE"), ("Ruling a.s.", "Property", "CZ")]),
    "cards with labels": (CARDS_WITH_LABELS, "page.html", "2021-06-01", [
        ("Zorvex", "hosting environment", "US"), ("Qualm", "payment processing", "GB")]),
    "HTML in Markdown": (HTML_IN_MARKDOWN, "page.md", "2021-01-01", [
        ("Zorvex", "Customer Support", "US"), ("AWS Qualm", "Data Hosting", "IE US IN")]),
    "brands and companies": (BRANDS_AND_COMPANIES, "page.md", "2026-08-26", [
        ("Zorvex Cloud, Inc.", "Hosting — long-lived", "US"), ("Qualm Insights OÜ", "Analytics", "EE DE")]),
    "export of a program": (EXPORT, "page.csv", "", [("Zorvex", "Hosting", "US CA"), ("Qualm", "Mails", "IE")]),
    "two colons": (TWO_COLONS, "page.md", "2026-06-26", [("Zorvex", "Payments", ""), ("Qualm", "Hosting", "")]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name", "day", "rows"), PAGES.values(), ids=PAGES)
def test_a_public_pages_shape_is_read(text: str, name: str, day: str, rows: list[Row], tmp_path: Path) -> None:
    page = import_page(tmp_path, text, name)
    assert read_rows(page) == sorted(rows)
    assert str(page.facts.get("updated", "")) == day


def read_rows(page: ImportedPage) -> list[Row]:
    """Returns each engagement's company, purpose and countries."""
    purposes = page.words.get("purpose", {})
    return sorted(
        (
            page.facts["entities"][engagement["entity"]]["legal_name"],
            purposes.get(engagement.get("purpose", ""), ""),
            " ".join(dict.fromkeys(each["country"] for each in engagement.get("locations", []))),
        )
        for engagement in page.facts["engagements"].values()
    )
