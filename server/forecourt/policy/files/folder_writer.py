"""Writes a policy as its folder. The same policy is the same bytes, and reads back as the same policy."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

from forecourt.errors import PolicyBroken
from forecourt.policy.check.finding import FACTS_FILE, GLOSSARY_FILE
from forecourt.policy.files import toml_writer
from forecourt.policy.files.folder_reader import TRANSLATIONS, WORDS_FOLDER
from forecourt.policy.model import Policy, Term, Translation

_FACTS = "Facts: what no language changes. Each key is explained in docs/policy.md; the words stand in words/."
_WORDS = "Words: what readers see, as Markdown. Facts come from facts.toml through {braces}."
_GLOSSARY = "Glossary: each language's word for a term, and the words that must not stand for it."
_ALWAYS_WRITTEN = ("notice_days",)  # a contract promises it, so it is shown even where it is the default
_ROWS = ("entities", "engagements")


def to_files(policy: Policy) -> dict[str, str]:
    """Returns file name -> content."""
    files = {FACTS_FILE: to_facts_toml(to_plain(policy.facts))}
    for language, texts in sorted(policy.words.items()):
        files[f"{WORDS_FOLDER}/{language}.toml"] = to_words_toml(texts, policy.translations.get(language, {}))
    return files | ({GLOSSARY_FILE: to_glossary_toml(policy.glossary)} if policy.glossary else {})


def write_files(files: Mapping[str, str], folder: Path) -> None:
    """Writes these files and removes none."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8", newline="\n")


def find_foreign_files(files: Mapping[str, str], folder: Path) -> list[str]:
    """Returns files in `folder` that would be read as part of the policy, and are none of `files`."""
    paths = [folder / GLOSSARY_FILE, *sorted((folder / WORDS_FOLDER).glob("*.toml"))]
    names = [path.relative_to(folder).as_posix() for path in paths if path.exists()]
    return [name for name in names if name not in files]


def refuse_foreign_folder(folder: Path) -> None:
    """Raises `PolicyBroken` where `folder` holds something, and it is no policy."""
    names = sorted(path.name for path in folder.iterdir() if path.name[0] != ".") if folder.exists() else []
    if names and FACTS_FILE not in names:
        raise PolicyBroken([f"{folder} holds {names[0]} and no {FACTS_FILE}; give another folder."])


def to_facts_toml(table: Mapping[str, Any]) -> str:
    """Returns `facts.toml` for a table as `to_plain` makes it. A draft's table may lack some of it."""
    return toml_writer.to_toml(_FACTS, _fact_tables(table))


def to_words_toml(texts: Mapping[str, str], translations: Mapping[str, Translation]) -> str:
    attributions = {key: f"{each.state} {each.source}" for key, each in sorted(translations.items())}
    return toml_writer.to_toml(
        _WORDS, [*_word_tables(texts), *([((TRANSLATIONS,), attributions)] if attributions else [])]
    )


def to_glossary_toml(terms: Mapping[str, Mapping[str, Term]]) -> str:
    rows = [
        ((language, name), to_plain(term))
        for language, terms_of_language in terms.items()
        for name, term in terms_of_language.items()
    ]
    return toml_writer.to_toml(_GLOSSARY, sorted(rows, key=lambda row: row[0]))


def to_plain(value: Any) -> Any:
    """Returns the value as TOML has it: in the model's order, without fields that have their default."""
    if isinstance(value, tuple):
        return [to_plain(each) for each in value]
    return dict(_changed_fields(value)) if is_dataclass(value) else value


def _changed_fields(record: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name in _ROWS:
            yield (
                field.name,
                {
                    row.id: {key: field_value for key, field_value in _changed_fields(row) if key != "id"}
                    for row in value
                },
            )
        elif field.default is MISSING or value != field.default or field.name in _ALWAYS_WRITTEN:
            yield field.name, to_plain(value)


def _fact_tables(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    yield (), {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    for key, value in table.items():
        if isinstance(value, Mapping) and key not in _ROWS:
            yield (key,), value
    for key in _ROWS:
        rows = sorted(table.get(key, {}).items())
        yield from (((key, name), row) for name, row in rows) if rows else [((key,), {})]


def _word_tables(texts: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], Mapping[str, str]]]:
    """Yields each table and its texts. A key stands in the table of its first parts, or quoted at the top."""
    tables: dict[tuple[str, ...], dict[str, str]] = {(): {}}
    for key in sorted(texts, key=lambda key: (not key.endswith("title"), key)):
        *above, last_part = key.split(".")
        is_quoted = above[:1] == [TRANSLATIONS] or any(
            ".".join(above[:end]) in texts for end in range(1, len(above) + 1)
        )
        tables.setdefault(() if is_quoted else tuple(above), {})[key if is_quoted else last_part] = texts[key]
    yield from sorted(tables.items())
