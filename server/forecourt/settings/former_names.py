"""Names the settings that were renamed in 0.3.0, so that an older settings file is refused with the new names."""

from collections.abc import Iterator, Mapping

RENAMED = {
    ("inside_webhooks",): "allow_private_webhooks",
    ("retention", "unconfirmed"): "unconfirmed_addresses",
    ("sites", "*", "unanswered_minutes"): "unanswered_alert_minutes",
    ("sites", "*", "texts"): "text_overrides",
    ("sites", "*", "look"): "theme",
    ("sites", "*", "evidence_days"): "change_notice_evidence_days",
    ("sites", "*", "purposes", "*", "days"): "retention_days",
    ("sites", "*", "purposes", "*", "google"): "google_consent_types",
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
