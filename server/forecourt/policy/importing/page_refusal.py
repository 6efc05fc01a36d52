"""Says as values why import refuses a file, so that whoever shows it can do so in the reader's language."""

from pathlib import Path

from forecourt.errors import PolicyBroken
from forecourt.policy.importing.page import UnplacedContent
from forecourt.policy.importing.remark import Remark


class PageRefused(PolicyBroken):
    """Holds what is wrong with a page. The error's own sentences are in English, and name the file."""

    def __init__(self, *reasons: Remark | UnplacedContent, file: Path | None = None):
        super().__init__([f"{file}: {reason}" if file else str(reason) for reason in reasons])
        self.reasons = reasons

    def with_file(self, file: Path) -> "PageRefused":
        return PageRefused(*self.reasons, file=file)
