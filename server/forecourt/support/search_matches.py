"""Finds a query's words in a text as it was written, for the snippet of a result and for its rank."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from forecourt.support.search_query import SearchQuery, SearchTerm
from forecourt.support.search_tokens import (
    Piece,
    bigrams,
    exact_words,
    find_pieces,
    fold_text,
    index_tokens,
    join_parts,
    to_token,
)

SNIPPET_LENGTH = 240  # characters
_BEFORE_MATCH = 60  # characters of a snippet
_EXACT, _OCCURRENCE, _OCCURRENCES_AT_MOST = 2.0, 0.25, 6


class PlacedToken(NamedTuple):
    """Holds a token with its place in the text."""

    token: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """Holds a stretch of a snippet. `is_match`: it is what was searched for."""

    text: str
    is_match: bool


def make_snippet(body: str, query: SearchQuery) -> list[SnippetPart]:
    """Returns the text around the first match, or its beginning where nothing matches, cut between words."""
    text = " ".join(body.split())
    matches = find_matches(text, query)
    start, end = _choose_window(text, matches[0][0] if matches else 0)
    parts = [SnippetPart("… ", is_match=False)] if start else []
    at = start
    for first, last in matches:
        if last <= end:
            parts += [SnippetPart(text[at:first], is_match=False), SnippetPart(text[first:last], is_match=True)]
            at = last
    parts.append(SnippetPart(text[at:end] + (" …" if end < len(text) else ""), is_match=False))
    return [part for part in parts if part.text]


def find_matches(text: str, query: SearchQuery) -> list[tuple[int, int]]:
    """Returns the places of what the query's terms ask for, in order; none overlaps another."""
    pieces = [*find_pieces(text)]
    tokens = [token for piece in pieces for token in _place_tokens(piece)]
    places = {place for term in query.terms for place in _find_term(tokens, term)}
    wholes = [_place_whole(chain) for chain in _weak_chains(pieces)]
    wholes += [character for piece in pieces if piece.is_unspaced for character in _place_characters(piece)]
    places |= {place for term in query.terms if len(term.tokens) == 1 for place in _find_term(wholes, term)}
    return _merge(sorted(places))


def rank(text: str, words: set[str], query: SearchQuery) -> float:
    """Returns how well a text fits: as it was written before without accents, a whole word before its beginning.

    `words`: those of the query in their exact form.
    """
    exact_count = len(exact_words(text).intersection(words))
    tokens, wholes = index_tokens(text)
    occurrences = sum((*tokens, *wholes).count(term.tokens[-1]) for term in query.terms)
    return (
        exact_count * _EXACT
        + min(occurrences, _OCCURRENCES_AT_MOST) * _OCCURRENCE
        + SNIPPET_LENGTH / (SNIPPET_LENGTH + len(text))
    )


def _place_tokens(piece: Piece) -> list[PlacedToken]:
    word = fold_text(piece.text)
    if not piece.is_unspaced:
        return [PlacedToken(to_token(word), piece.start, piece.end)] if word else []
    if len(word) != len(piece.text):  # half-width letters with marks of their own
        return [PlacedToken(token, piece.start, piece.end) for token in bigrams(word)]
    return [
        PlacedToken(token, piece.start + at, piece.start + at + len(token)) for at, token in enumerate(bigrams(word))
    ]


def _place_characters(piece: Piece) -> Iterator[PlacedToken]:
    for at, character in enumerate(piece.text, start=piece.start):
        yield PlacedToken(fold_text(character), at, at + 1)


def _find_term(tokens: Sequence[PlacedToken], term: SearchTerm) -> Iterator[tuple[int, int]]:
    length = len(term.tokens)
    if length == 1 and not term.is_prefix:
        yield from ((placed.start, placed.end) for placed in tokens if placed.token == term.tokens[0])
        return
    for at in range(len(tokens) - length + 1):
        stretch = tokens[at : at + length]
        *first, last = (placed.token for placed in stretch)
        is_last = last.startswith(term.tokens[-1]) if term.is_prefix else last == term.tokens[-1]
        if is_last and tuple(first) == term.tokens[:-1]:
            yield stretch[0].start, stretch[-1].end


def _weak_chains(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    chain: list[Piece] = []
    for piece in (*pieces, None):
        if piece and piece.joiner == "weak" and not piece.is_unspaced:
            chain.append(piece)
            continue
        if len(chain) > 1:
            yield chain
        chain = [piece] if piece else []


def _place_whole(chain: Sequence[Piece]) -> PlacedToken:
    word = join_parts(fold_text("".join(piece.text for piece in chain)))
    return PlacedToken(to_token(word), chain[0].start, chain[-1].end)


def _merge(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _choose_window(text: str, match: int) -> tuple[int, int]:
    """Returns the ends of a snippet in which the match stands, between words where the language has spaces."""
    start = max(0, min(match - _BEFORE_MATCH, len(text) - SNIPPET_LENGTH))
    if start:
        space = text.find(" ", start, match)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + SNIPPET_LENGTH)
    if end < len(text):
        space = text.rfind(" ", max(match + 1, end - 30), end)
        end = space if space >= 0 else end
    return start, end
