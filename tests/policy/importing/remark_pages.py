"""Holds pages of which import says each thing that it can say: a file's name and its content."""

from typing import Any

from openpyxl.chart import BarChart
from openpyxl.comments import Comment

from tests.policy.importing.workbooks import make_archive, make_workbook

_COMPANY_CELLS = (
    "Amazon, Inc.<sup>1</sup>",
    "✅ Vercel",
    "Vercel (opens in new tab)",
    "Vercel <i class=sr-only>(opens a tab)</i>",
    "<span title='Vercel Holding'>Vercel</span>",
    "<img alt='EU flag'> Vercel",
    "<del>Zeit</del> Vercel",
    "Vercel<br>Germany",
    "Vercel<br>Contact: dpo@vercel.example<br>Added 1 May 2024",
    "Vercel Inc.<br>Next.js hosting<br>privacy@vercel.example<br>440 N Barranca Ave, Covina, United States",
    "Zorvex, Qualm and Fnord",
    "<a href=https://v.example/p>Vercel</a>",
    "Ireland",
    "{{ company }}",
)
_LABELS = (
    "Relation: Affiliate",
    "Certificates: ISO 27001",
    "Data subjects: Visitors",
    "Data: Names",
    "Seat: Norway",
    "Location: Norway",
    "Mechanism: SCC",
    "Applies to: EU",
    "Purpose: Hosting of servers",
)
_PLACE_CELLS = (
    "Georgia",
    "DE, CA, WA",
    "Ontario, CA",
    "Peru, IN",
    "Atlantis",
    "EU",
    "🇸🇪 Norway",
    "Norway or Sweden",
    "Norway (Atlantis)",
    "Germany (France)",
    "CA",
)
_ASIDES = ("<sup>1</sup>", "<i class=sr-only>x y</i>", "<del>c d</del>", "<b title='e f'></b>")


def _make_table(headings: str, *rows: str) -> str:
    heading_row = "".join(f"<th>{each}" for each in headings.split("|"))
    cells = "".join(f"<tr>{''.join(f'<td>{each}' for each in row.split('|'))}" for row in rows)
    return f"<table><tr>{heading_row}{cells}</table>"


def _make_page(*parts: str) -> bytes:
    return f"<h1>Subprocessors</h1>{''.join(parts)}".encode()


def _hide(workbook: Any, sheet: Any) -> None:
    sheet.append(["Gone Ltd", "Mail", "Norway"])
    sheet.row_dimensions[3].hidden = True
    sheet.insert_cols(2)
    sheet["B1"], sheet["B2"] = "Owner", "Kari"
    sheet.column_dimensions["B"].hidden = True
    sheet["A2"].comment = Comment("ask first", "Kari")
    sheet.append(["Acme", "", "#N/A", '="a"&"b"'])
    sheet["C4"].data_type = "e"
    workbook.create_sheet("Old").append(["Company", "Gone Ltd"])
    workbook["Old"].sheet_state = "hidden"
    workbook.create_chartsheet("Numbers").add_chart(BarChart())


READ_PAGES: dict[str, bytes] = {
    "names.html": _make_page(
        _make_table("Company|Purpose|Location", *(f"{each}|Hosting|Norway" for each in _COMPANY_CELLS))
    ),
    "labels.html": _make_page(_make_table("Company", *(f"Vercel Inc.<br>{each}" for each in _LABELS))),
    "places.html": _make_page(_make_table("Company|Location", *(f"Company {each}|{each}" for each in _PLACE_CELLS))),
    "seats.html": _make_page(
        _make_table("Company|Seat|Date", "A|Oslo, Norway|06/08/2023", "B|USA/Ireland|May 2020", "C|Norway|Sept 3"),
        _make_table("Company|Address", "D|2 Main St, Springfield, IL"),
    ),
    "dates.html": _make_page(
        _make_table(
            "Firma|Seit", "A|06/08/2023", "B|08.06.23", "C|1.1.2024 und 2.1.2024", "D|irgendwann", "E|1.1.2024 intern"
        )
    ),
    "cells.html": _make_page(
        _make_table(
            "Service|Company|Contact|Applies to|Relation|Transfer mechanism|Notes",
            "Servers|Linode|by telephone|Moon|Friend|Good faith|odd",
            "Mail|Acme|a@a.example, b@b.example|EU|Affiliate|DPF and SCC|",
            "ServersLinode||c@c.example|EU|Affiliate|https://a.example <a href=https://b.example>b</a> SCC|",
            "|||||||loose",
            f"{'x' * 2001}||||||",
        )
    ),
    "contacts.html": _make_page(_make_table("Company|Contact", "Acme|By post<br>4 Main St<br>0150 Oslo<br>Norway")),
    "columns.html": _make_page(
        _make_table("Service|Purpose|Location", "Acme Ltd|Mail|Norway"),
        _make_table("Company|Provider|Purpose", "Acme Ltd|Acme|Mail"),
        _make_table("Company|Purpose|Activity", "Acme Ltd|Mail|Post"),
        _make_table("Company|Legal entity|Service|Purpose|Reason", "Acme Ltd|Acme Ltd|Mail|Mail|"),
        _make_table("Company|Legal entity|Service", "Acme Ltd||Mail"),
        _make_table("Cookie|Lifetime", "session|a day"),
        _make_table("", ""),
        _make_table("Company|" + "|".join(["Purpose"] * 101), "Acme Ltd|" + "|".join(["z"] * 100 + ["Beyond"])),
    ),
    "codes.csv": b"Company,Purpose,Location\nA,x,NO\nB,x,CA\nC,x,EU\n",
    "zones.csv": b"Company,Purpose,Zone\nA,x,Norway\nB,x,Ireland\n",
    "services.csv": b"Company,Service\nAcme Ltd,sending of mail\nZorvex,storing of files\n",
    "states.csv": b"Company,Purpose,Location\nA,x,TX\nB,x,CA\n",
    "codes-of-seats.csv": b'Company,Purpose,Seat\nA,x,NO\nC,x,"IN, US"\n',
    "latin.csv": "Company,Purpose\nAcme,Blåbær\n".encode("windows-1252"),
    "lists.md": b"""---
title: Other
author: Kari
updated: 2020-01-01
---

# Subprocessors

Updated 8 June 2023. Version of Sept 3.

{{ x }}

- Exoscale: Computing, in Norway
- Paystone Ltd: Payments
- and some others that help us from time to time with what we do

## In the EU

CompanyPurposeLocation
ExoscaleServersNorway
PayPalPaymentsIreland
""",
    "none.html": b"<title>Subprocessors</title><nav>Acme Hosting GmbH, Berlin</nav><noscript>Show it</noscript>"
    b"<h1>Subprocessors</h1><iframe src='https://trust.example/list'></iframe><pre>See <a href='/l'>list</a></pre>"
    b"<p>Zorvex</p><ul><li>We send mail<li>You read it and so on<li>Acme Hosting GmbH</ul>"
    b"<footer>Exoscale AG, Lausanne</footer>",
    "main.html": b"<title>Acme Hosting GmbH</title><main><h1>Subprocessors</h1></main><p>Acme Hosting GmbH, Berlin",
    "asides.html": _make_page(
        _make_table("Company|Purpose", *(f"Acme {number}|{aside}" for number, aside in enumerate(_ASIDES)))
    ),
    "labels-of-cells.html": _make_page(
        _make_table("Company|Location", "Acme|Location: Norway", "Zorvex|Location: <img alt='a map'>")
    ),
    "shapes.html": b"<title>Acme Hosting GmbH, Berlin</title><h1>Subprocessors</h1>"
    b"<dl><dt>Exoscale<dd><a href=/e>Servers</a><dt>Paystone Ltd<dd>Payments</dl><h2>Cards</h2>"
    b"<div class=card><h3>Zorvex</h3><p><a href=/z>Mail</a></p></div><div class=card><h3>Fnord</h3><p>Chat</p></div>",
    "headings.md": b"# Subprocessors\n\n## Exoscale\n\n- Purpose: Servers\n- Location: Norway\n- Altitudes: Alps\n",
    "context.md": b"# Subprocessors\n\nWords.\n\n- **Exoscale**: [Servers](https://e.example)\n- **Fnord**: Mail\n",
    "above.md": b"# Subprocessors\n\nThese are located in the United States:\n\n- Exoscale: Servers\n- Fnord: Mail\n",
    "services.md": b"# Subprocessors\n\n| Service | Purpose |\n|-|-|\n| Mailbird | Mail |\n| Payline | Payments |\n",
    "spellings.html": _make_page(
        _make_table(
            "Company|Address|Seat|Contact|Purpose",
            "Acme Ltd|Main St 1|Norway|a@a.example|Mail {us}",
            "ACME, Ltd|Main St 2|Sweden|b@b.example|Mail",
        )
    ),
    "hidden.xlsx": make_workbook([["Company", "Purpose", "Country"], ["Acme", "Mail", "Norway"]], _hide),
}

_NORWEGIAN_HEADINGS = (
    "Firma|Adresse|Hovedkontor|Kontakt|Land|Gjelder for|Overføringsgrunnlag|Siden|Tjeneste|Formål|Data|Registrerte"
)
_ENGLISH_HEADINGS = (
    "Company|Address|Seat|Contact|Location|Applies to|Mechanism|Since|Service|Purpose|Data|Data subjects"
)
TRANSLATIONS: dict[str, tuple[str, str]] = {
    "differing": (
        "<h1>Us</h1><p>Updated 1 May 2020.</p>"
        + _make_table(
            _ENGLISH_HEADINGS,
            "Acme Ltd|1 Main St, Oslo|Norway|a@a.example|Norway|EU|SCC|2024-01-01|Mail|Post|Names|Visitors",
            "||||||||Chat|Talk||",
            "|||||||||||Visitors",
        ),
        "<h1>Oss</h1><p>Oppdatert 2. mai 2020.</p>"
        + _make_table(
            _NORWEGIAN_HEADINGS,
            "Acme AS|Vei 2, Bergen|Sverige|b@b.example|Stockholm, Sverige|UK|DPF|2024-01-02|Post|Brev|Navn; b|A; b",
            "Acme AS|Storgata 2, Bergen|Sverige|b@b.example|Sverige|UK|DPF|2024-01-02|Prat|Snakk||",
            "||||||||Prat|Annet||Gjester",
        ),
    ),
    "undated": ("<h1>Us</h1><h2>A</h2>", "<h1>Oss</h1><p>Oppdatert 2. mai 2020.</p><h2>A</h2><p>x</p><h2>B</h2>"),
    "more": (
        "<h1>Us</h1><h2>A</h2>"
        + _make_table("Company|Service", "Acme|Mail", "Zed|Mail", "Xul|Mail")
        + "<h2>B</h2><h2>C</h2>",
        "<h1>Oss</h1><h2>A</h2>"
        + _make_table("Firma|Tjeneste", "Acme|Post", "Wye|Prat", "Zed|Brev", "Ny|Kart")
        + _make_table("Firma|Tjeneste", "Acme|Post"),
    ),
}
"""Holds a page in English and in Norwegian, in which the facts have drifted apart."""
REFUSED_PAGES: dict[str, bytes] = {
    "list.docx": b"",
    "bytes.csv": b"Company\nN\x81",
    "quote.csv": b'Company,Country\n"Linode,USA\n',
    "rows.csv": b"Company\n" + b"a\n" * 5001,
    "cell.csv": b"a" * 200_000,
    "large.csv": b"Company\n" + b"a" * (5 * 1024 * 1024),
    "deep.html": b"<ul><li>" * 1000 + b"a",
    "prose.md": b"only prose",
    "none.xlsx": b"PK and no more",
    "zip.xlsx": make_archive({"a": b"hello"}),
    "bomb.xlsx": make_archive({"a": b"0" * 60_000_000}),
    "type.xlsx": make_archive({"a.xml": b'<!DOCTYPE a [<!ENTITY b "b">]>'}),
    "wide.xlsx": make_workbook([["Company"]], lambda _, sheet: sheet.cell(1_000_000, 10_000, "x")),
}
