"""Names the settings that were renamed, so that an older settings file is refused with the new names."""

from collections.abc import Iterator, Mapping

_TEXTS = {
    "again": "retry",
    "chat.lost": "chat.connection_lost",
    "chat.new": "chat.new_conversation",
    "contact.another": "contact.new_message",
    "contact.answer": "contact.sent_text",
    "contact.sent": "contact.sent_title",
    "contact.instead": "contact.mail_address",
    "newsletter.another": "newsletter.other_address",
    "newsletter.sent": "newsletter.sent_title",
    "newsletter.look": "newsletter.sent_text",
    "newsletter.link": "newsletter.confirmation",
    "follow.sent": "follow.sent_title",
    "follow.look": "follow.sent_text",
    "follow.more": "follow.hosted_page",
    "object.company": "objection.company",
    "object.lead": "objection.lead",
    "object.look": "objection.sent_text",
    "object.more": "objection.hosted_page",
    "object.reason": "objection.reason",
    "object.send": "objection.send",
    "object.sent": "objection.sent_title",
    "object.stores": "objection.stores",
    "object.title": "objection.title",
    "form.wrong": "form.errors",
    "frame.accept": "frame.always",
    "place.failed": "placement.failed",
    "place.loading": "placement.loading",
    "policy.shown": "policy.region_status",
    "state.expired": "status.expired",
    "state.granted": "status.granted",
    "state.none": "status.none",
    "state.refused": "status.refused",
    "state.stale": "status.stale",
    "state.withdrawn": "status.withdrawn",
    "error.wait": "error.too_many",
    "held.asking": "personal_data.progress",
    "held.download": "personal_data.download",
    "held.erase": "personal_data.erase",
    "held.receipt": "personal_data.receipt",
    "held.sure": "personal_data.erase_text",
    "held.yes": "personal_data.erase_confirmation",
    "personal_data.erase_warning": "personal_data.erase_text",
}
"""Maps the old keys of the widget's texts, which `text_overrides` names, to their new ones."""

RENAMED: dict[tuple[str, ...], str] = {
    ("inside_webhooks",): "allow_private_webhooks",
    ("retention", "unconfirmed"): "unconfirmed_addresses",
    ("sites", "*", "unanswered_minutes"): "unanswered_alert_minutes",
    ("sites", "*", "texts"): "text_overrides",
    ("sites", "*", "look"): "theme",
    ("sites", "*", "evidence_days"): "change_notice_evidence_days",
    ("sites", "*", "purposes", "*", "days"): "retention_days",
    ("sites", "*", "purposes", "*", "google"): "google_consent_types",
    **{("sites", "*", "text_overrides", "*", old): new for old, new in _TEXTS.items()},
}
"""Maps the path of each old key to the last part of its new path. `*` stands for any name."""


def find_renamed_settings(settings: Mapping[str, object]) -> list[str]:
    """Returns a sentence for each old key in `settings`, which are as TOML has them."""
    return [
        f"{'.'.join(path)} is now called {'.'.join((*path[:-1], new))}."
        for old, new in RENAMED.items()
        for path in _matching_paths(settings, old)
    ]


def new_variable(name: str, prefix: str) -> str | None:
    """Returns what the environment variable `name` is called now, if it had another name."""
    names = {f"{prefix}{'_'.join(old)}".upper(): "_".join((*old[:-1], new)) for old, new in RENAMED.items()}
    return f"{prefix}{names[name]}".upper() if name in names else None


def _matching_paths(table: object, pattern: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yields the paths in `table` that exist and match the pattern."""
    if not pattern:
        yield ()
    elif isinstance(table, Mapping):
        first, *rest = pattern
        for key in table if first == "*" else {first} & table.keys():
            yield from ((key, *path) for path in _matching_paths(table[key], tuple(rest)))
