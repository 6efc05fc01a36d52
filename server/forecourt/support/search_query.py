"""Reads what somebody typed into the search field: words that must all be there, and phrases in quotes.

The last word is found by its beginning. A word that joiners part is found as it is written: `a@b.com` is a phrase of
its parts, and `e-mail` one word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forecourt.support.search_tokens import Piece, bigrams, find_pieces, fold_text, join_parts, to_token

TOKENS_AT_MOST = 64  # of one query
PREFIX_AT_LEAST = 3  # letters of a last word that is found by its beginning
_PHRASE = re.compile(r'["“”„«»＂]([^"“”„«»＂]*)["“”„«»＂]')


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """Holds tokens that must follow each other. With `is_prefix`, the last of them may go on."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


SearchClause = tuple[SearchTerm, ...]  # alternatives, of which one must be there


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Holds what must all be there."""

    clauses: tuple[SearchClause, ...]

    @property
    def terms(self) -> tuple[SearchTerm, ...]:
        return tuple(term for clause in self.clauses for term in clause)

    @property
    def token_count(self) -> int:
        return sum(len(term.tokens) for term in self.terms)


def parse_query(text: str) -> SearchQuery:
    """Returns the query; it may hold more tokens than allowed, or none."""
    terms: list[SearchTerm] = []
    end = 0
    for match in _PHRASE.finditer(text):
        terms += _word_terms(text[end : match.start()])
        if tokens := _phrase_tokens(match[1]):
            terms.append(SearchTerm(tokens))
        end = match.end()
    terms += _let_last_go_on(_word_terms(text[end:]))
    return SearchQuery(tuple((term,) for term in dict.fromkeys(terms)))


def parse_words(text: str) -> list[SearchTerm]:
    """Returns a term for each word, the last of which may go on. Quotes mean nothing."""
    return _let_last_go_on(_word_terms(text))


def _word_terms(text: str) -> list[SearchTerm]:
    return [term for chain in _chains(fold_text(text)) for term in _chain_terms(chain)]


def _chains(text: str) -> Iterator[list[Piece]]:
    """Yields pieces that joiners bind together, and others one by one."""
    chain: list[Piece] = []
    for piece in find_pieces(text):
        if chain and (not piece.joiner or piece.is_unspaced or chain[-1].is_unspaced):
            yield chain
            chain = []
        chain.append(piece)
    if chain:
        yield chain


def _chain_terms(chain: Sequence[Piece]) -> list[SearchTerm]:
    if chain[0].is_unspaced:
        return [_unspaced_term(chain[0].text)]
    if any(piece.joiner == "strong" for piece in chain[1:]):
        return [SearchTerm(tuple(to_token(piece.text) for piece in chain))]
    return [SearchTerm((to_token(join_parts("".join(piece.text for piece in chain))),))]


def _unspaced_term(run: str) -> SearchTerm:
    """Returns the pairs of a run in their order. One character alone is a token, too."""
    return SearchTerm(tuple(bigrams(run)[:-1]) or (run,))


def _let_last_go_on(terms: list[SearchTerm]) -> list[SearchTerm]:
    if terms and len(terms[-1].tokens[-1]) >= PREFIX_AT_LEAST:
        terms[-1] = SearchTerm(terms[-1].tokens, is_prefix=True)
    return terms


def _phrase_tokens(text: str) -> tuple[str, ...]:
    """Returns the tokens of a phrase as they stand in the index.

    The last character of an unspaced run stands alone in the index. At the end of a phrase the pair before it holds it.
    """
    tokens: list[str] = []
    pieces = list(find_pieces(fold_text(text)))
    for piece in pieces:
        if not piece.is_unspaced:
            tokens.append(to_token(piece.text))
        else:
            pairs = bigrams(piece.text)
            tokens += pairs[:-1] if piece is pieces[-1] and len(pairs) > 1 else pairs
    return tuple(tokens)
