"""Finds the names of a policy's entities in texts, however they are spelled there.

A legal name is a core and a legal form: `Linode` and `LLC`. What counts of a core is its letters and digits. A text is
read once, token by token, whatever the number of entities.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

# Latin letters apart from others, so that a name is found where no spaces separate words.
_TOKEN = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+|[^\W_A-Za-z0-9\u00c0-\u024f]+")
_LONG_FORMS = (
    r"llc|l\.l\.c\.?|inc(?:orporated)?\.?|corp(?:oration)?\.?|(?:pty\.?|pte\.?|co\.?,?) ?ltd\.?|ltd\.?|limited|llp|plc"
    r"|gmbh|s\. ?r\. ?o\.|s\.?r\.?l\.|s\.p\.a\.|sp\. ?z ?o\.? ?o\.?|d\.o\.o\.|kft\.?|zrt\.?|oyj?|aps|e?ood|ltda\.?"
    r"|a\. ?s\.|b\. ?v\.|n\. ?v\.|s\. ?a\.|a/s"
)
_SHORT_FORMS = "AS|ASA|AB|AG|KG|SE|SA|SAS|SARL|BV|NV|SL|OÜ|SIA|UAB|JSC|ООО|ЕООД|АД"
_FORM = re.compile(rf",? ?((?i:{_LONG_FORMS})|{_SHORT_FORMS})(?!\w)")
_GAPS = frozenset(("", " ", "-", "_", ".", "'", "’", "&", " & ", "/"))
_INSIDE = re.compile(r"[\w,;)\ufffc] $")
_LETTERS_AT_MOST = 200  # of a name or a word; a longer one is not looked at
_TYPO_FROM = 6  # letters: shorter words are one letter apart by chance


@dataclass(frozen=True)
class NameMatch:
    """Holds a name as a text spells it. `name` is its letters; `rows` are the legal names it may mean."""

    name: str
    spelled: str
    rows: tuple[str, ...]
    is_as_written: bool  # in one of the rows
    is_sure: bool  # and not a common word that happens to begin a sentence


@lru_cache(maxsize=8192)
def to_letters(name: str) -> str:
    """Returns what two spellings of one name have in common: its letters and digits."""
    return "".join(_TOKEN.findall(name)).casefold()


@lru_cache(maxsize=8192)
def without_legal_form(legal_name: str) -> str:
    """Returns `legal_name` without the legal forms at its end."""
    name = " ".join(legal_name.split())
    for form in reversed([*_FORM.finditer(name)]):
        if form.start() and form.end() == len(name):
            name = name[: form.start()].rstrip(" ,")
    return name


class NameIndex:
    """Finds names in texts. It is made once for all texts of a policy."""

    def __init__(self, legal_names: Iterable[str]):
        self._rows: dict[str, list[str]] = {}
        for name in dict.fromkeys(" ".join(each.split()) for each in legal_names):
            if 0 < len(to_letters(without_legal_form(name))) <= _LETTERS_AT_MOST:
                self._rows.setdefault(to_letters(without_legal_form(name)), []).append(name)
        self._beginnings = {name[:end] for name in self._rows for end in range(1, len(name) + 1)}
        self._first, self._last = self._names_by_token(0), self._names_by_token(-1)
        self._near = {
            part: name for name in self._rows if len(name) >= _TYPO_FROM for part in _without_each_letter(name)
        }
        self._typos: dict[str, str | None] = {}

    def find_names(self, text: str) -> Iterator[NameMatch]:
        tokens = [*_TOKEN.finditer(text)]
        index = 0
        while index < len(tokens):
            count, name = self._longest_name(text, tokens, index)
            if count:
                yield self._to_match(text, name, tokens[index].start(), tokens[index + count - 1].end())
            index += count or 1

    def find_run_together(self, text: str) -> Iterator[str]:
        """Yields words that run into a name, or out of one: `ServersLinode`."""
        for token in _TOKEN.finditer(text):
            word = token[0]
            is_whole = word[1:].islower() or word.casefold() in self._beginnings or len(word) > _LETTERS_AT_MOST
            if not is_whole and any(self._is_seam(text, token, index) for index in range(1, len(word))):
                yield word

    def find_misspelled(self, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yields capitalised words one letter away from a name, and the legal names they may mean."""
        for word in _TOKEN.findall(text):
            if (
                _TYPO_FROM - 1 <= len(word) <= _LETTERS_AT_MOST
                and word[0].isupper()
                and (name := self._misspelled_name(word.casefold()))
            ):
                yield word, tuple(self._rows[name])

    def _longest_name(self, text: str, tokens: list[re.Match[str]], index: int) -> tuple[int, str]:
        """Returns how many tokens from `at` on are a name, and the name's letters; 0 where they are none."""
        letters, end, best, name = "", tokens[index].start(), 0, ""
        for count, token in enumerate(tokens[index : index + 32], 1):
            letters += token[0].casefold()
            if text[end : token.start()] not in _GAPS or letters not in self._beginnings:
                break
            if letters in self._rows:
                best, name = count, letters
            end = token.end()
        return best, name

    def _to_match(self, text: str, name: str, start: int, end: int) -> NameMatch:
        rows = tuple(self._rows[name])
        spelling = text[start:end]
        if form := _FORM.match(text, end):
            name_with_form = text[start : form.end()]
            is_as_written = name_with_form.rstrip(".") in {each.rstrip(".") for each in rows}
            return NameMatch(name, name_with_form, rows, is_as_written, True)
        # "notion" is a word, "Notion" may begin a sentence: neither need be the company of that name.
        is_as_written = spelling == spelling.lower() or spelling in {without_legal_form(each) for each in rows}
        is_sure = " " in spelling or (
            spelling != spelling.lower() and bool(_INSIDE.search(text[max(0, start - 2) : start]))
        )
        return NameMatch(name, spelling, rows, is_as_written, is_sure)

    def _is_seam(self, text: str, token: re.Match[str], index: int) -> bool:
        word, place = token[0], token.start() + index
        if not word[index].isupper() or word[index - 1].lower() == word[index - 1].upper():
            return False
        begins = any(text.startswith(each, place) for each in self._first.get(word[index:], ()))
        return begins or any(text.endswith(each, 0, place) for each in self._last.get(word[:index], ()))

    def _names_by_token(self, index: int) -> dict[str, set[str]]:
        """Returns cores and legal names by their first or last token."""
        names: dict[str, set[str]] = defaultdict(set)
        for rows in self._rows.values():
            for name in (*rows, *map(without_legal_form, rows)):
                if len(to_letters(name)) > 2:
                    names[_TOKEN.findall(name)[index]].add(name)
        return names

    def _misspelled_name(self, word: str) -> str | None:
        if word not in self._typos:
            self._typos[word] = None if word in self._beginnings else self._nearest_name(word)
        return self._typos[word]

    def _nearest_name(self, word: str) -> str | None:
        """Returns a name one letter away, unless the letter is its ending: that may be an inflection."""
        nearest_names = (self._near.get(part) for part in _without_each_letter(word))
        return next((each for each in nearest_names if each and each[:-1] != word[: len(each) - 1]), None)


def _without_each_letter(word: str) -> set[str]:
    return {word, *(word[:index] + word[index + 1 :] for index in range(len(word)))}
