"""One thing that is wrong with a policy, and where. Whoever shows it puts it into words, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from forecourt import i18n
from forecourt.characters import to_printable
from forecourt.errors import PolicyBroken
from forecourt.policy.reading.words import fill, listed

FACTS_FILE = "facts.toml"
GLOSSARY_FILE = "glossary.toml"

Value = str | int | date | tuple[str, ...]
_NAMES_AT_MOST = 30  # names in one sentence; a policy may have thousands of companies


@dataclass(frozen=True)
class Remedy:
    """How to mend it: the catalogue's `check.{key}`, and what is filled in there."""

    key: str
    values: Mapping[str, Value] = field(hash=False)

    def __call__(self, words: i18n.Words) -> str:
        said = {name: _to_safe_text(value, words.locale) for name, value in self.values.items()}
        return fill(words(f"check.{self.key}"), said)


def remedy(key: str, /, **values: Value) -> Remedy:
    return Remedy(key, values)


@dataclass(frozen=True)
class Finding:
    """The file, the key in it, and how to mend it. `rule`: the slug of what found it.

    Only what is `grave` keeps a policy from being released.
    """

    file: str
    key: str
    remedy: Remedy
    rule: str
    grave: bool = True

    def __str__(self) -> str:
        return self.told(i18n.words(i18n.SOURCE))

    def told(self, words: i18n.Words) -> str:
        return ": ".join(part for part in (self.file, to_printable(self.key), self.remedy(words)) if part)

    @property
    def name(self) -> str:
        """As `facts.accepted` writes it."""
        return f"{self.rule} {self.key}".strip()


class PolicyHasFindings(PolicyBroken):
    """Carries the grave findings, so that whoever shows them can do so in the reader's language."""

    def __init__(self, findings: Sequence[Finding]):
        super().__init__([f"{finding}." for finding in findings])
        self.findings = tuple(findings)


def words_file(language: str) -> str:
    return f"words/{language}.toml"


def _to_safe_text(value: Value, locale: str) -> str:
    """What a file says can not turn or break the sentence it stands in."""
    if not isinstance(value, tuple):
        return to_printable(str(value))
    shown = value if len(value) <= _NAMES_AT_MOST else (*value[:_NAMES_AT_MOST], "…")
    return to_printable(listed(shown, locale))
