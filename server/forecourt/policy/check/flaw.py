"""One thing that is wrong with a policy, and where."""

from dataclasses import dataclass

FACTS_FILE = "facts.toml"
GLOSSARY_FILE = "glossary.toml"


@dataclass(frozen=True)
class Flaw:
    """The file, the key in it, and how to mend it. `rule`: the slug of what found it.

    Only what is `grave` keeps a policy from being released.
    """

    file: str
    key: str
    mend: str
    rule: str
    grave: bool = True

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.mend) if part)

    @property
    def name(self) -> str:
        """As `facts.accepted` writes it."""
        return f"{self.rule} {self.key}".strip()


def words_file(language: str) -> str:
    return f"words/{language}.toml"
