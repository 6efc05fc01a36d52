"""Edits what concerns the policy's page as a whole: whose it is, its notice period, the order of its sections."""

from collections.abc import Iterator, Mapping, Sequence

from starlette.routing import Route

from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.forms.edit_form import EditForm
from forecourt.console.policy.forms.form_fields import Fields
from forecourt.console.policy.forms.keys import is_key
from forecourt.console.policy.forms.lenses import Lens, PolicySettings, settings_lens
from forecourt.errors import Fault

LONGEST_NOTICE = 365  # days


class PolicySettingsEditForm(EditForm[PolicySettings]):
    template, tab, has_id, model = "policy_settings", "general", False, PolicySettings

    def routes(self) -> Sequence[Route]:
        return self._session.form_routes(self.tab, self.show, self.save)

    def lens(self, name: str) -> Lens[PolicySettings]:
        return settings_lens()

    def options(self, state: DraftState, locale: str) -> Mapping[str, object]:
        facts = state.policy.facts
        return {"entities": facts.entities, "updated": facts.updated}

    def faults(self, state: DraftState, value: PolicySettings, posted_fields: Fields) -> Iterator[Fault]:
        facts = state.policy.facts
        if value.processor.entity not in {entity.id for entity in facts.entities}:
            yield Fault("processor.entity", "choice")
        if value.notice_days > LONGEST_NOTICE:
            yield Fault("notice_days", "at_most", {"limit": LONGEST_NOTICE})
        for name in ("notes", "sections", "products"):
            keys: tuple[str, ...] = getattr(value, name)
            if not all(is_key(key) for key in keys):
                yield Fault(name, "key")
        if missing := sorted({engagement.kind for engagement in facts.engagements} - set(value.sections)):
            yield Fault("sections", "section_used", {"names": ", ".join(missing)})
