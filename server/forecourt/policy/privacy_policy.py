"""This module reads a site's own privacy policy: a folder with `version.txt` and one `LANGUAGE.md` a language."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from forecourt.errors import PolicyBroken
from forecourt.policy.localization.placeholders import fill


@dataclass(frozen=True)
class PrivacyPolicy:
    """Holds Markdown by language. `version` is recorded with a visitor's acknowledgement."""

    version: str
    texts: dict[str, str]

    def text(self, locale: str, values: Mapping[str, str]) -> str:
        """Returns the text with `values` in its braces. Raises KeyError where it is not written in `locale`."""
        return fill(self.texts[locale], values)


def load_privacy_policy(folder: Path) -> PrivacyPolicy:
    """Raises `PolicyBroken` where the version or every text is missing or blank."""
    texts = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.md"))}
    version_file = folder / "version.txt"
    version = version_file.read_text("utf-8").strip() if version_file.is_file() else ""
    blank = [name for name, text in texts.items() if not text.strip()]
    faults = [f"{name}.md: is blank; write the privacy policy in it." for name in blank]
    if not version:
        faults.append("version.txt: is missing or blank; write the version, as in 2026-11-23.")
    if not texts:
        faults.append(f"{folder.name}: holds no privacy policy; write one Markdown file a language, as in en.md.")
    if faults:
        raise PolicyBroken(faults)
    return PrivacyPolicy(version, texts)
