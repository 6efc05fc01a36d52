"""Judges whether a text may be a company's name: by its legal form, its capitals, and what its words are."""

import re
from collections.abc import Collection
from enum import IntEnum

from forecourt.policy.check.name_spelling import without_legal_form
from forecourt.policy.importing.companies.common_words import QUESTION_WORDS, is_common
from forecourt.policy.importing.companies.topics import is_about_subprocessors
from forecourt.policy.importing.places.locations import is_place

_OTHER_FORMS = re.compile(
    r"(?<=\w )(?:Unlimited Company|Company|Holdings?|Foundation|Stiftung|e\.? ?V\.|PBC|L\.?P\.?|Co\.|UG|Genossenschaft|"
    r"e\.? ?G\.|S\.? ?L\.?U?\.?|EURL|SNC|SPRL|Oy Ab|HB|ANS|DA|SpA|Sdn\.? Bhd\.?|K\.K\.|KK|Lda\.?|EIRL|Sàrl|Sarl)\W*$|"
    r"(?:株式会社|有限公司|合同会社)\W*$|^(?:株式会社|合同会社)|^(?:ООО|ТОВ|АО)\W"
)
_DOMAIN = re.compile(
    r"(?:https?://)?(?:[a-z0-9][a-z0-9-]*\.)+(?:[a-z]{2,4}|cloud|software|email|tech|chat|tools)/?", re.IGNORECASE
)
_CONNECTORS = "of and the de for & by du des van von der den di da do la le el og und y et e i och en - – + | ai io"
_SENTENCE_WORDS = "is are was were be by has have that which we our us uses use used with er av som ist wird wir est"
_YEAR = re.compile(r"(?:19|20)\d\d\W?")
_DATE_WORDS_AT_MOST = 4  # 28 de octubre 2019
_NAME_AT_MOST = 80  # characters
_WORDS_AT_MOST = 8


class NameSign(IntEnum):
    """Says how much a text looks like a company's name. `COMMON` has capitals, and is made of everyday words."""

    NONE = 0
    COMMON = 1
    WEAK = 2  # a word that the page also writes in small letters
    NAME = 3
    SURE = 4  # a legal form, a domain, or a company that the draft knows


def has_legal_form(text: str) -> bool:
    """Returns whether the text ends with a company's legal form, as `Linode, LLC` does."""
    name = re.sub(r"\s*\([^()]*\)\W*$", "", text).strip()
    name = " ".join(name.split())
    form = name[len(without_legal_form(name)) :]  # and no end of a word: "maps" is no company of Denmark
    return form[:1] in (" ", ",") or bool(_OTHER_FORMS.search(name))


def is_legal_form(text: str) -> bool:
    """Returns whether the text is a legal form and nothing else, as the `LLC` of `Linode, LLC` is."""
    return without_legal_form(f"X {text}") == "X"


def is_legal_name(text: str) -> bool:
    """Returns whether the text is a name with its legal form: `Data centres of Linode, LLC` says more than a name."""
    return has_legal_form(text) and not is_legal_form(text) and all(map(_is_capital, text.split()))


def judge_name(text: str, language: str, small_words: Collection[str] = (), is_lead: bool = False) -> NameSign:
    """Returns how much the text looks like a name. `small_words` are those that the page has in small letters.

    A lead may be one word in small letters, as some brands are.
    """
    name = re.sub(r"\s*[(\[][^()\[\]]*[)\]]", "", text).strip(" *")
    words = [word for word in re.split(r"[\s/]+", name) if word]
    if not words or len(text) > _NAME_AT_MOST or len(words) > _WORDS_AT_MOST or _is_sentence(name):
        return NameSign.NONE
    if not any(letter.isalpha() for letter in name) and "&" not in name:  # a date, a price
        return NameSign.NONE
    if _YEAR.fullmatch(words[-1]) and len(words) <= _DATE_WORDS_AT_MOST:
        return NameSign.NONE
    if is_about_subprocessors(name) and not has_legal_form(name):
        return NameSign.COMMON
    if words[0].casefold() in QUESTION_WORDS or is_place(name, language):
        return NameSign.COMMON
    if not all(_is_capital(word) for word in words) and not (is_lead and len(words) == 1):
        is_name = has_legal_form(name) and _is_capital(words[0]) and not set(words) & set(_SENTENCE_WORDS.split())
        return NameSign.SURE if is_name else NameSign.NONE
    if has_legal_form(name) or _DOMAIN.fullmatch(name):
        return NameSign.SURE
    proper_words = [word for word in words if word.casefold() not in _CONNECTORS.split() and not is_common(word)]
    if not proper_words:
        return NameSign.COMMON
    return NameSign.NAME if any(word.casefold() not in small_words for word in proper_words) else NameSign.WEAK


def is_common_phrase(text: str) -> bool:
    """Returns whether a text is a few everyday words, as what a company is for."""
    words = re.findall(r"[^\W_]+(?:-[^\W_]+)*", text)
    return 0 < len(words) <= _WORDS_AT_MOST and all(map(is_common, words))


def _is_sentence(text: str) -> bool:
    """Returns whether the text has a sentence's marks. `Yahoo!` has one, too, and so has a legal form."""
    if re.search(r"[:;?]|[.!]\s+[^\W\d_]*[a-z]|,\s+[a-z]", text):
        return True
    return text[-1] in ".!" and text.count(" ") > 3 and not is_legal_name(text)


def _is_capital(word: str) -> bool:
    """Returns whether a word may stand in a name: with a capital, a digit, a dot, or in a script without capitals."""
    letters = [letter for letter in word if letter.isalpha()]
    has_no_case = bool(letters) and letters[0].lower() == letters[0].upper()
    return (
        word.casefold() in _CONNECTORS.split()
        or not letters
        or has_no_case
        or any(letter.isupper() for letter in letters)
        or word[0].isdigit()
        or bool(_DOMAIN.fullmatch(word))
    )
