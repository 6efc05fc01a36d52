"""Cuts texts into the tokens by which they are found: words, and pairs of characters where a language has no spaces.

What is indexed and what is asked for go the same way, so they meet. A word is folded: NFKC, small letters, no accents
where people type without them. The form as written is compared only to rank results (`search_ranking.py`).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

TOKEN_AT_MOST = 64  # characters; nobody types more of one word to find it
# Chinese, Japanese and Korean; Thai, Lao, Burmese and Khmer.
_UNSPACED = (
    "\u3005\u3007\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\u1100-\u11ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
    "\u0e01-\u0e4e\u0e50-\u0e59\u0e80-\u0eff\u1000-\u109f\u1780-\u17d3\u17d7\u17e0-\u17e9"
)
# Joiners inside one word: of "don't", "e-mail" and Persian; and between the parts of an address or a version's number.
_WEAK_JOINERS = r"'\u2019\u02bc\u2010\u2011\u200c\u200d\-"
_STRONG_JOINERS = "@._+"
# Letters of Latin, Greek, Hebrew and Arabic, and their accents and vowel points, without which people type. Marks of
# other scripts are letters: Russian й is no и, and Hindi and Thai write vowels with them.
_MARKED_LETTERS = "a-z\u00df-\u02af\u0370-\u03ff\u05d0-\u05ea\u0620-\u064a\u0671-\u06d3\u1e00-\u1fff"
_SPARE_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff"
)
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ё": "е",
        "\u0300": "",
        "\u0301": "",  # the marks are the stress in Russian schoolbooks
        # As Lucene's ArabicNormalizer, with the letters of Persian and Urdu keyboards.
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ہ": "ه",
        "ـ": "",
        **{chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0, 0x0966, 0x0E50) for digit in range(10)},
    }
)
# Arabic writes its article, and "and" or "in" before it, in one word with what follows.
_ARTICLES = ("وال", "بال", "كال", "فال", "ال", "لل")
_ARTICLE_LETTERS = frozenset(article[0] for article in _ARTICLES)
_WITHOUT_ARTICLE = 3  # letters at least, or it was none

_SPARE_MARK = re.compile(f"(?<=[{_MARKED_LETTERS}])[{_SPARE_MARKS}]+")
_PIECE = re.compile(rf"([{_UNSPACED}]+)|[^\W_{_UNSPACED}]+")
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(r"[^\W_]+")
_WHOLE = re.compile(rf"[^\W_]+(?:[{_WEAK_JOINERS}][^\W_]+)+")
_WEAK_JOINER = re.compile(f"[{_WEAK_JOINERS}]")


class Piece(NamedTuple):
    """Holds a stretch of letters, with its place in the text.

    `is_unspaced`: its language has no spaces. `joiner` binds it to the piece before: `weak`, `strong` or empty.
    """

    text: str
    start: int
    end: int
    is_unspaced: bool
    joiner: str


def find_pieces(text: str) -> Iterator[Piece]:
    """Yields the stretches of letters and digits, in order."""
    end = -1
    for match in _PIECE.finditer(_with_letters_for_marks(text)):
        start = match.start()
        joiner = _joiner_kind(text[end:start]) if start == end + 1 else ""
        end = match.end()
        yield Piece(text[start:end], start, end, match[1] is not None, joiner)


def fold_text(text: str) -> str:
    """Returns a text in small letters, and without the accents that people leave out."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", exact_form(text))
    plain = unicodedata.normalize("NFC", _SPARE_MARK.sub("", decomposed))
    return plain.translate(_LETTERS)


def exact_form(text: str) -> str:
    """Returns a text in small letters, with its accents."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def exact_words(text: str) -> set[str]:
    """Returns the words of a text as written, in small letters."""
    return set(_WORD.findall(exact_form(text)))


def to_token(word: str) -> str:
    """Returns a folded word as it is indexed: without an Arabic article, and not longer than anybody types."""
    if word[0] in _ARTICLE_LETTERS:
        for article in _ARTICLES:
            if word.startswith(article) and len(word) - len(article) >= _WITHOUT_ARTICLE:
                word = word[len(article) :]
                break
    return word[:TOKEN_AT_MOST]


def bigrams(run: str) -> list[str]:
    """Returns each character of a folded run with the next one. The last stands alone, as the end of a phrase."""
    return [run[at : at + 2] for at in range(len(run))]


def index_tokens(text: str) -> tuple[list[str], list[str]]:
    """Returns the tokens in the order of the text, and what is found without its neighbours.

    Those are each word that has a joiner, as a whole (`dont`, `email`), and each character of an unspaced language.
    """
    folded = fold_text(text)
    shadow = _with_letters_for_marks(folded)
    characters = dict.fromkeys(_HAS_UNSPACED.findall(folded))
    if shadow is not folded or characters:
        tokens = [token for piece in find_pieces(folded) for token in _tokens_of(piece)]
    else:
        tokens = [to_token(word) for word in _WORD.findall(folded)]
    wholes = [folded[match.start() : match.end()] for match in _WHOLE.finditer(shadow)]
    joined = [to_token(join_parts(whole)) for whole in wholes if not _HAS_UNSPACED.search(whole)]
    return tokens, [*joined, *characters]


def join_parts(word: str) -> str:
    """Returns a folded word without its joiners."""
    return _WEAK_JOINER.sub("", word)


def _tokens_of(piece: Piece) -> list[str]:
    return bigrams(piece.text) if piece.is_unspaced else [to_token(piece.text)]


def _joiner_kind(gap: str) -> str:
    if _WEAK_JOINER.fullmatch(gap):
        return "weak"
    return "strong" if gap in _STRONG_JOINERS else ""


def _with_letters_for_marks(text: str) -> str:
    """Returns the text with a letter for each mark outside unspaced languages: to Python's `\\w`, marks end a word."""
    return text if text.isascii() or not _marks_pattern().search(text) else _marks_pattern().sub("a", text)


@cache
def _marks_pattern() -> re.Pattern[str]:
    """Compiles the pattern once it is needed: to ask for each character's category takes time.

    Python's patterns are slow with sets of characters beyond U+FFFF, where only scripts of the past have marks.
    """
    marks = (each for each in map(chr, range(0x0300, 0xFE00)) if unicodedata.category(each) in ("Mn", "Mc"))
    return re.compile(f"[{_HAS_UNSPACED.sub('', ''.join(marks))}]")
