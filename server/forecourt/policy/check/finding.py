"""Defines a finding: one thing that is wrong with a policy, and where. Whoever shows it puts it into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from forecourt import i18n
from forecourt.characters import to_printable
from forecourt.errors import PolicyBroken
from forecourt.policy.localization.placeholders import fill

FACTS_FILE = "facts.toml"
GLOSSARY_FILE = "glossary.toml"

Value = str | int | date | tuple[str, ...]
_NAMES_AT_MOST = 30  # names in one sentence; a policy may have thousands of companies


@dataclass(frozen=True)
class Remedy:
    """Says how to mend it: `check.{key}` of the catalogue, with the values that are filled in there."""

    key: str
    values: Mapping[str, Value] = field(hash=False)

    def __call__(self, words: i18n.Words) -> str:
        texts = {name: _to_safe_text(value, words.locale) for name, value in self.values.items()}
        return fill(words(f"check.{self.key}"), texts)


def remedy(key: str, /, **values: Value) -> Remedy:
    return Remedy(key, values)


@dataclass(frozen=True)
class Finding:
    """Holds the file, the key in it, and how to mend it. `rule` is the slug of the rule that found it.

    Only a grave finding keeps a policy from being released.
    """

    file: str
    key: str
    remedy: Remedy
    rule: str
    grave: bool = True

    def __str__(self) -> str:
        return self.sentence(i18n.words(i18n.SOURCE))

    def sentence(self, words: i18n.Words) -> str:
        return ": ".join(part for part in (self.file, to_printable(self.key), self.remedy(words)) if part)

    @property
    def name(self) -> str:
        """Returns the name by which `accepted` of the facts lets it stay: `RULE KEY`."""
        return f"{self.rule} {self.key}".strip()


class PolicyHasFindings(PolicyBroken):
    """Carries the grave findings, so that whoever shows them can do so in the reader's language."""

    def __init__(self, findings: Sequence[Finding]):
        super().__init__([f"{finding}." for finding in findings])
        self.findings = tuple(findings)


def words_file(language: str) -> str:
    return f"words/{language}.toml"


def _to_safe_text(value: Value, locale: str) -> str:
    """Returns the value as text that cannot turn or break the sentence around it."""
    if not isinstance(value, tuple):
        return to_printable(str(value))
    first_values = value if len(value) <= _NAMES_AT_MOST else (*value[:_NAMES_AT_MOST], "…")
    return to_printable(i18n.format_list(first_values, locale))
