"""The page as a whole: whose policy it is, how long customers have, and what stands in which order."""

import re
from collections.abc import Iterator, Mapping

from forecourt.console.policy import parts
from forecourt.console.policy.form import Fields
from forecourt.console.policy.parts import General, Part
from forecourt.console.policy.sheet import Sheet
from forecourt.console.policy.workbench import Work
from forecourt.errors import Fault

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NOTICE = 365  # days


class GeneralSheet(Sheet[General]):
    template, here, named, kind = "general", "general", False, General

    def part(self, name: str) -> Part[General]:
        return parts.general()

    def choices(self, work: Work, locale: str) -> Mapping[str, object]:
        facts = work.policy.facts
        used = {each.kind for each in facts.engagements}
        return {"entities": facts.entities, "used": sorted(used), "updated": facts.updated}

    def faults(self, work: Work, value: General, sent: Fields) -> Iterator[Fault]:
        if value.processor.entity not in {each.id for each in work.policy.facts.entities}:
            yield Fault("processor.entity", "choice")
        if value.notice_days > LONGEST_NOTICE:
            yield Fault("notice_days", "at_most", {"limit": LONGEST_NOTICE})
        for name in ("notes", "sections", "products"):
            listed: tuple[str, ...] = getattr(value, name)
            if not all(KEY.fullmatch(each) for each in listed):
                yield Fault(name, "key")
        if missing := sorted({each.kind for each in work.policy.facts.engagements} - set(value.sections)):
            yield Fault("sections", "section_used", {"names": ", ".join(missing)})
