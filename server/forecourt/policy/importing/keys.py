"""Makes keys and ids from the texts they stand for. The same text is the same key; another text never is."""

import re
import unicodedata
from collections.abc import Collection
from typing import Any

_SLUG_AT_MOST = 40
# Left out of a company's id, which has to outlive a change of its form.
_LEGAL_FORMS = (
    "inc|llc|ltd|limited|corp|corporation|gmbh|ag|as|asa|ab|oy|oyj|aps|sa|sas|sarl|srl|spa|bv|nv|plc|pte|pty|kg|co|"
    "sro|spol|kft|zrt|doo|ou|uab|sia|lp|llp"
)


class KeyMaker:
    """Gives out keys, each once. It never gives one of `reserved`."""

    def __init__(self, reserved_keys: Collection[str] = ()):
        self._of: dict[str, str] = {}
        self._used = set(reserved_keys)
        self._last: dict[str, int] = {}

    def key_of(self, text: str, otherwise: str) -> str:
        """Returns the key of `text`, or one made of `otherwise` where it has no Latin letters or digits."""
        folded_text = " ".join(text.casefold().split())
        if folded_text not in self._of:
            self._of[folded_text] = self.new_key(to_slug(text) or otherwise)
        return self._of[folded_text]

    def new_key(self, base: str) -> str:
        """Returns `base`, or `base` with the next free number."""
        number = self._last.get(base, 0) + 1
        key = base if number == 1 else f"{base}-{number}"
        while key in self._used:
            number += 1
            key = f"{base}-{number}"
        self._last[base] = number
        self._used.add(key)
        return key


def find_or_make_company_id(entities: dict[str, Any], legal_name: str, maker: KeyMaker, base: str) -> str:
    """Returns the id of the company of that name, however it is spelled, or else a new one made of `base`."""
    ids = {to_letters(str(entity.get("legal_name", ""))): identity for identity, entity in entities.items()}
    return ids.get(to_letters(legal_name)) or maker.new_key(base)


def to_slug(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_text))
    return slug if len(slug) <= _SLUG_AT_MOST else slug[:_SLUG_AT_MOST].rpartition("-")[0] or slug[:_SLUG_AT_MOST]


def to_company_slug(legal_name: str) -> str:
    """Returns the slug of a legal name without its form: `linode` of `Linode, LLC`."""
    name = re.sub(r"\b(\w)\.\s*(?=\w\b)", r"\1", legal_name)  # s. r. o. is one word
    parts = to_slug(name).split("-")
    without_form = [part for index, part in enumerate(parts) if not index or part not in _LEGAL_FORMS.split("|")]
    return "-".join(without_form)


def to_letters(legal_name: str) -> str:
    """Returns the name's letters and digits, which are the same for two spellings of one name."""
    return "".join(filter(str.isalnum, legal_name.casefold()))


_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"})
