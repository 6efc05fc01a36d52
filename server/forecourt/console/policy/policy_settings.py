"""The page as a whole: whose policy it is, how long customers have, and what stands in which order."""

import re
from collections.abc import Iterator, Mapping

from forecourt.console.policy import lenses
from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.edit_form import EditForm
from forecourt.console.policy.form_fields import Fields
from forecourt.console.policy.lenses import Lens, PolicySettings
from forecourt.errors import Fault

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NOTICE = 365  # days


class PolicySettingsEditForm(EditForm[PolicySettings]):
    template, here, named, kind = "general", "general", False, PolicySettings

    def part(self, name: str) -> Lens[PolicySettings]:
        return lenses.general()

    def choices(self, work: DraftState, locale: str) -> Mapping[str, object]:
        facts = work.policy.facts
        used = {each.kind for each in facts.engagements}
        return {"entities": facts.entities, "used": sorted(used), "updated": facts.updated}

    def faults(self, work: DraftState, value: PolicySettings, sent: Fields) -> Iterator[Fault]:
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
