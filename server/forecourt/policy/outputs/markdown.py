"""This module writes the whole page as Markdown (CommonMark, with tables as GitHub writes them), for wikis and tickets.

Prose goes through the same cleaning as the page's, so that no HTML gets in which the page would not have.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from forecourt import i18n
from forecourt.policy.edition import EditionEntry
from forecourt.policy.localization.change_sentences import describe_proposal
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Engagement
from forecourt.policy.outputs import cell_text
from forecourt.policy.outputs.cell_text import texts_of_keys
from forecourt.templating import prose

MEDIA_TYPE = "text/markdown; charset=utf-8; variant=GFM"
_COLUMNS = ("entity", "service", "locations", "audiences", "data", "mechanism", "contact")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&#])")


def encode_markdown(edition: LocalizedEdition, address: str) -> bytes:
    """Writes the page. `address` is that of the hosted page which says the same."""
    blocks = [*_head(edition, address), *_proposals(edition)]
    for name in edition.facts.sections:
        blocks += _section(name, edition)
    return ("\n\n".join(block for block in blocks if block) + "\n").encode()


def escape_line(text: str) -> str:
    """Returns one line that reads as `text` does, in a table's cell too."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _head(edition: LocalizedEdition, address: str) -> Iterator[str]:
    words, release = i18n.words(edition.locale), edition.release
    yield f"# {escape_line(edition.title)}"
    yield _prose(edition.text("summary"))
    yield "\n".join(
        (
            f"- {words('policy.updated')}: {i18n.long_date(edition.facts.updated, edition.locale)}",
            f"- {words('policy.release', number=release.number)}: <{address}>",
            f"- {words('policy.hash')}: `{release.sha256}`",
        )
    )
    yield from _remarks(edition)
    for note in edition.facts.notes:
        yield _prose(edition.text(f"note.{note}"))


def _remarks(edition: LocalizedEdition) -> Iterator[str]:
    words, source = i18n.words(edition.locale), edition.facts.source_language
    if edition.translated_percent < 100:
        percent = i18n.percent(edition.translated_percent, edition.locale)
        yield words("policy.partial_translation", percent=percent, language=i18n.language_name(source, edition.locale))
    if not edition.is_reviewed:
        yield words("policy.unreviewed")
    if edition.region:
        yield words("policy.region_filter", region=words(f"policy.region.{edition.region}"))
    if edition.release.emergency:
        yield f"**{words('policy.emergency')}** {escape_line(edition.release.emergency)}"


def _proposals(edition: LocalizedEdition) -> Iterator[str]:
    words = i18n.words(edition.locale)
    if edition.proposals:
        yield f"## {words('policy.proposals.title')}"
        yield words("policy.proposals.text")
        yield "\n".join(_proposal(proposal, edition) for proposal in edition.proposals)


def _proposal(proposal: Engagement, edition: LocalizedEdition) -> str:
    words, locale = i18n.words(edition.locale), edition.locale
    changes = describe_proposal(edition, proposal)
    sentences = [escape_line(change.sentence) for change in changes]
    if regions := changes[0].regions_beside:
        sentences.append(words("page.difference.regions", regions=regions))
    sentences.append(words("policy.proposals.effect", day=i18n.long_date(proposal.first_day, locale)))
    sentences.append(words("policy.proposals.deadline", day=i18n.long_date(proposal.deadline, locale)))
    return f"- **{escape_line(changes[0].title)}** {' '.join(sentences)}"


def _section(name: str, edition: LocalizedEdition) -> Iterator[str]:
    if title := edition.text(f"section.{name}.title"):
        yield f"## {escape_line(title)}"
    yield _prose(edition.text(f"section.{name}.text"))
    if name in edition.facts.kinds:
        entries = edition.entries_of_kind(name)
        yield "\n".join(_table(entries, edition)) if entries else i18n.words(edition.locale)("policy.no_subprocessors")


def _table(entries: Iterable[EditionEntry], edition: LocalizedEdition) -> Iterator[str]:
    words = i18n.words(edition.locale)
    rows = [[*_cells(entry, edition)] for entry in entries]
    columns = [index for index in range(len(_COLUMNS)) if any(row[index] for row in rows)]
    headings = {column: words(f"policy.column.{column}") for column in _COLUMNS} | {"service": edition.work_heading}
    yield _row(headings[_COLUMNS[index]] for index in columns)
    yield _row("---" for _ in columns)
    yield from (_row(row[index] for index in columns) for row in rows)


def _row(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _cells(entry: EditionEntry, edition: LocalizedEdition) -> Iterator[str]:
    engagement, entry_edition = entry.engagement, edition.for_entry(entry)
    entity = entry_edition.entity(engagement)
    yield _join_parts([f"**{escape_line(entity.legal_name)}**", escape_line(cell_text.upcoming_status(entry, edition))])
    yield _join_parts(_service(engagement, entry_edition))
    yield _join_parts(_places(engagement, entry_edition))
    yield _join_parts(escape_line(text) for text in cell_text.regions(engagement, entry_edition))
    yield _join_parts(_data(engagement, entry_edition))
    mechanism = _with_mark(cell_text.mechanism_name(engagement, entry_edition), "mechanism" in engagement.illustrative)
    yield _join_parts([mechanism, escape_line(cell_text.document(engagement))])
    contact = ((entity.address, "address"), (entity.contact, "contact"))
    yield _join_parts(_with_mark(text, name in entity.illustrative) for text, name in contact)


def _places(engagement: Engagement, edition: LocalizedEdition) -> Iterator[str]:
    if engagement.locations_not_stated:
        yield i18n.words(edition.locale)("policy.locations_not_stated")
    places = zip(cell_text.places(engagement, edition), engagement.locations, strict=True)
    yield from (_with_mark(text, location.illustrative) for text, location in places)


def _service(engagement: Engagement, edition: LocalizedEdition) -> Iterator[str]:
    words = i18n.words(edition.locale)
    yield _with_mark(edition.text(f"service.{engagement.service}"), "service" in engagement.illustrative)
    yield _with_mark(edition.text(f"purpose.{engagement.purpose}"), "purpose" in engagement.illustrative)
    yield _with_label(words("policy.part_of"), texts_of_keys("product", engagement.products, edition))
    yield words("policy.optional") if engagement.optional else ""
    yield escape_line(cell_text.ai_use(engagement, edition))
    yield _with_label(words("policy.certificates"), engagement.certificates)
    yield _with_label(words("policy.chain"), cell_text.subsubprocessors(engagement, edition))
    yield escape_line(engagement.chain_link or "")


def _data(engagement: Engagement, edition: LocalizedEdition) -> Iterator[str]:
    for text in texts_of_keys("data", engagement.data, edition):
        yield _with_mark(text, "data" in engagement.illustrative)
    subjects = ", ".join(texts_of_keys("subject", engagement.subjects, edition))
    label = i18n.words(edition.locale)("policy.subjects")
    yield f"{label}: {_with_mark(subjects, 'subjects' in engagement.illustrative)}" if subjects else ""


def _with_label(label: str, texts: Sequence[str]) -> str:
    return f"{label}: {escape_line(', '.join(texts))}" if texts else ""


def _with_mark(text: str, is_assumed: bool) -> str:
    return escape_line(text) + ("\\*" if is_assumed and text else "")


def _join_parts(texts: Iterable[str]) -> str:
    return " · ".join(text for text in texts if text)


def _prose(text: str) -> str:
    from markdownify import markdownify  # slow to import, and few readers ask for Markdown

    return str(markdownify(prose(text), heading_style="ATX", bullets="-", escape_misc=True)).strip()
