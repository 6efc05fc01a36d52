"""The whole page as Markdown (CommonMark, with tables as GitHub writes them), for wikis and tickets.

Prose goes through the same cleaning as the page's, so that what is no HTML there is none here.
"""

import re
from collections.abc import Iterator, Sequence

from markdownify import markdownify

from forecourt import i18n
from forecourt.policy.edition import EditionEntry
from forecourt.policy.model import Engagement
from forecourt.policy.outputs import cells
from forecourt.policy.outputs.cells import keyed
from forecourt.policy.reading import change_sentences
from forecourt.policy.reading.reading import Reading
from forecourt.templating import prose

MEDIA_TYPE = "text/markdown; charset=utf-8; variant=GFM"
_COLUMNS = ("entity", "service", "locations", "audiences", "data", "mechanism", "contact")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&#])")


def markdown(reading: Reading, address: str) -> bytes:
    """`address`: of the hosted page that says the same."""
    blocks = [*_head(reading, address), *_to_come(reading)]
    for name in reading.facts.sections:
        blocks += _section(name, reading)
    return ("\n\n".join(block for block in blocks if block) + "\n").encode()


def literal(text: str) -> str:
    """One line that reads as it stands, in a table's cell too."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _head(reading: Reading, address: str) -> Iterator[str]:
    words, release = i18n.words(reading.locale), reading.release
    yield f"# {literal(reading.word('title'))}"
    yield _prose(reading.word("summary"))
    yield "\n".join(
        (
            f"- {words('policy.updated')}: {i18n.long_date(reading.facts.updated, reading.locale)}",
            f"- {words('policy.release', number=release.number)}: <{address}>",
            f"- {words('policy.hash')}: `{release.sha256}`",
        )
    )
    yield from _remarks(reading)
    for each in reading.facts.notes:
        yield _prose(reading.word(f"note.{each}"))


def _remarks(reading: Reading) -> Iterator[str]:
    words, source = i18n.words(reading.locale), reading.facts.source_language
    if reading.written < 100:
        percent = i18n.percent(reading.written, reading.locale)
        yield words("policy.partly", percent=percent, language=i18n.language_name(source, reading.locale))
    if not reading.is_reviewed:
        yield words("policy.unreviewed")
    if reading.region:
        yield words("policy.filtered", region=words(f"policy.region.{reading.region}"))
    if reading.release.emergency:
        yield f"**{words('policy.emergency')}** {literal(reading.release.emergency)}"


def _to_come(reading: Reading) -> Iterator[str]:
    words = i18n.words(reading.locale)
    proposals = reading.edition.proposals(reading.region)
    if proposals:
        yield f"## {words('policy.proposals.title')}"
        yield words("policy.proposals.text")
        yield "\n".join(_proposal(each, reading) for each in proposals)


def _proposal(engagement: Engagement, reading: Reading) -> str:
    words, locale = i18n.words(reading.locale), reading.locale
    told = change_sentences.coming(reading, engagement)
    said = [literal(each.sentence) for each in told]
    if told[0].beside:
        said.append(words("page.difference.regions", regions=told[0].beside))
    said.append(words("policy.proposals.effect", day=i18n.long_date(engagement.effective, locale)))
    said.append(words("policy.proposals.until", day=i18n.long_date(engagement.deadline, locale)))
    return f"- **{literal(told[0].title)}** {' '.join(said)}"


def _section(name: str, reading: Reading) -> Iterator[str]:
    yield f"## {literal(reading.word(f'section.{name}.title'))}"
    yield _prose(reading.word(f"section.{name}.text"))
    if name in reading.facts.kinds:
        rows = reading.rows(name)
        words = i18n.words(reading.locale)
        yield "\n".join(_table(rows, reading)) if rows else words("policy.nobody")


def _table(rows: tuple[EditionEntry, ...], reading: Reading) -> Iterator[str]:
    words = i18n.words(reading.locale)
    yield _line(words(f"policy.column.{name}") for name in _COLUMNS)
    yield _line("---" for _ in _COLUMNS)
    for entry in rows:
        yield _line(_cells(entry, reading))


def _line(texts: Iterator[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _cells(entry: EditionEntry, reading: Reading) -> Iterator[str]:
    each, teller = entry.engagement, reading.told_by(entry)
    entity = teller.entity(each)
    yield _parts([f"**{literal(entity.legal_name)}**", literal(cells.status(entry, reading))])
    yield _parts([*_service(each, teller)])
    places = zip(cells.places(each, teller), each.locations, strict=True)
    yield _parts([_marked(text, location.illustrative) for text, location in places])
    yield _parts([literal(text) for text in cells.regions(each, teller)])
    yield _parts([*_data(each, teller)])
    basis = _marked(cells.basis(each, teller), "mechanism" in each.illustrative)
    yield _parts([basis, literal(each.mechanism.document or "")])
    told = ((entity.address, "address"), (entity.contact, "contact"))
    yield _parts([_marked(text, name in entity.illustrative) for text, name in told])


def _service(each: Engagement, reading: Reading) -> Iterator[str]:
    words = i18n.words(reading.locale)
    yield _marked(reading.word(f"service.{each.service}"), "service" in each.illustrative)
    yield _marked(reading.word(f"purpose.{each.purpose}"), "purpose" in each.illustrative)
    yield _labelled(words("policy.part_of"), keyed("product", each.products, reading))
    yield words("policy.optional") if each.optional else ""
    yield literal(cells.use_of_ai(each, reading))
    yield _labelled(words("policy.certificates"), each.certificates)
    yield _labelled(words("policy.chain"), cells.below(each, reading))
    yield literal(each.chain_link or "")


def _data(each: Engagement, reading: Reading) -> Iterator[str]:
    for text in keyed("data", each.data, reading):
        yield _marked(text, "data" in each.illustrative)
    subjects = ", ".join(keyed("subject", each.subjects, reading))
    label = i18n.words(reading.locale)("policy.subjects")
    yield f"{label}: {_marked(subjects, 'subjects' in each.illustrative)}"


def _labelled(label: str, texts: Sequence[str]) -> str:
    return f"{label}: {literal(', '.join(texts))}" if texts else ""


def _marked(text: str, is_assumed: bool) -> str:
    return literal(text) + ("\\*" if is_assumed else "")


def _parts(texts: list[str]) -> str:
    return " · ".join(text for text in texts if text)


def _prose(text: str) -> str:
    return str(markdownify(prose(text), heading_style="ATX", bullets="-", escape_misc=True)).strip()
