"""Reads what one cell says: regions of customers, a transfer mechanism, a relation, a list."""

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

from forecourt.policy.model import Audience, Basis, Relation

Kind = TypeVar("Kind", Audience, Basis, Relation)
NOTHING = re.compile(r"[\s\-–—_/.*]*|n/?a|none|not applicable|ingen|ikke aktuelt", re.IGNORECASE)
MAILBOX = re.compile(r"[^\s@<>,;\"()]+@[^\s@<>,;\"()]+\.[^\s@<>,;\"().]+")
_DOCUMENT = re.compile(r"https://[^\s)\]]+|\((?:EU|EC)\) ?(?:No )?\d{2,4}/\d{2,4}")
_BASES = {
    Basis.SCC: r"\bsccs?\b|standard contractual clauses|standard ?kontrakt|standard ?personvern|"
    r"standardvertragsklauseln|clauses contractuelles types|cláusulas contractuales tipo|standardavtaleklausul",
    Basis.DPF: r"\bdpf\b|data privacy framework|privacy framework",
    Basis.ADEQUACY: r"adequa|adequat|tilstrekkelig|angemessenheit|adéquation|adecuación",
    Basis.BCR: r"\bbcrs?\b|binding corporate rules|bindende konsern|bindende virksomhets|interne datenschutz",
    Basis.NONE: r"^(none|no transfer|not (needed|required|applicable)|n/?a|ingen|ikke (nødvendig|aktuelt)|"
    r"within the eea|innenfor eøs)\b",
}
_AUDIENCES = {
    Audience.ALL: r"\b(all|alle|any|every|everyone|worldwide|global|globalt|tous|todos)\b",
    Audience.EU: r"\b(eu|eea|eøs|europe|europa|european union|european|europeiske?)\b",
    Audience.UK: r"\b(uk|united kingdom|great britain|storbritannia|u\.k\.)(?!\w)",
    Audience.US: r"\b(us|usa|united states|u\.s\.a?\.|america|north america)(?!\w)",
    Audience.APAC: r"\b(apac|asia|asia[- ]pacific|asia-stillehavet)\b",
}
_RELATIONS = {
    Relation.AFFILIATE: r"affiliate|group|same group|konsern|datterselskap|tilknyttet|subsidiary|konzern|groupe",
    Relation.SUBCONTRACTOR: r"subcontractor|contractor|underleverandør|subunternehmer",
    Relation.THIRD_PARTY: r"third[- ]party|third[- ]parties|tredjepart|dritt|tiers|external|ekstern",
}


def split_list(text: str) -> tuple[str, ...]:
    """Returns the items of a list. An `and` separates nothing: there are such things as "name and address"."""
    parts = re.split(r";" if ";" in text else r",(?![^()]*\))", text)
    return tuple(item for each in parts if not NOTHING.fullmatch(item := each.strip(" .•·")))


def parse_audiences(text: str) -> tuple[Audience, ...]:
    return tuple(_find_matching(text, _AUDIENCES))


def parse_relations(text: str) -> tuple[Relation, ...]:
    return tuple(_find_matching(text, _RELATIONS))


def parse_bases(text: str) -> tuple[Basis, ...]:
    """Returns the transfer mechanisms that the text names, in the order in which they stand."""
    return tuple(sorted(_find_matching(text, _BASES), key=lambda each: _position_of(text, _BASES[each])))


def find_keywords(text: str) -> Iterator[str]:
    """Yields the words that mean a mechanism, an audience or a relation."""
    for patterns in (_BASES, _AUDIENCES, _RELATIONS):
        for pattern in patterns.values():
            yield from (match[0] for match in re.finditer(rf"\w*(?:{pattern})\w*", text, re.IGNORECASE))


def find_document(text: str) -> str:
    match = _DOCUMENT.search(text)
    return match[0] if match else ""


def split_run_together(text: str) -> tuple[str, str] | None:
    """Returns the two halves of `ServersLinode, LLC`, where a capital follows a small letter inside a word."""
    match = re.search(r"(?<=[^\W\d_A-ZÆØÅÄÖÜ)])(?=[A-ZÆØÅÄÖÜ][^\W\d_A-ZÆØÅÄÖÜ])", text)
    return (text[: match.start()], text[match.start() :]) if match else None


def _find_matching(text: str, patterns: Mapping[Kind, str]) -> Iterator[Kind]:
    return (kind for kind, pattern in patterns.items() if re.search(pattern, text, re.IGNORECASE))


def _position_of(text: str, pattern: str) -> int:
    match = re.search(pattern, text, re.IGNORECASE)
    return match.start() if match else len(text)
