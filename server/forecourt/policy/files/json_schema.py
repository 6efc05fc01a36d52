"""Describes the files of a policy folder as JSON Schema (draft 2020-12), with rows by their id as TOML has them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from forecourt.policy.model import Facts, Level, Term
from forecourt.policy.stated_facts import ENGAGEMENT_FACTS, ENTITY_FACTS, PROCESSOR_FACTS

_KEY = "^[a-z0-9]+(-[a-z0-9]+)*$"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

ILLUSTRATIVE = "names of the keys here that are assumed, not published; readers see a mark"
DESCRIPTIONS: dict[str, dict[str, str]] = {
    "Facts": {
        "updated": "the day of the latest change, in all languages",
        "source_language": "the language the others are translated from",
        "notes": "keys of the notes below the table, in order",
        "sections": "keys of the sections, in order; one named like a `kind` lists that kind's companies",
        "notice_days": "days between the notice of a change and its effect",
        "products": "keys of the products an engagement can be limited to",
        "accepted": "findings of `forecourt check` that you reviewed and accepted: rule and key, as it prints them",
        "level": "`listed` states what a public list needs and leaves out the rest; `complete` states every fact",
        "source_date": "the date of the text that the policy is based on, if there is one",
        "processor": "whose policy it is",
        "facilities": "the data centres, for words to name",
        "entities": "the companies, each by an id of your choice",
        "engagements": "one company doing one service, each by an id of your choice",
    },
    "Processor": {
        "entity": "the id of your own company among the entities",
        "service": "the name of your service; no language changes it",
        "host": "where customers reach it",
        "contact": "the mailbox for questions about the data processing agreement",
        "objections": "the mailbox for objections, if it is another one",
        "illustrative": ILLUSTRATIVE,
    },
    "Facilities": {
        "tiers": "the tiers they are rated at",
        "certificates": "the certificates they hold",
    },
    "Entity": {
        "legal_name": "the name as registered; never translated",
        "address": "the address of its registered office",
        "country": "the country of its registered office, ISO 3166-1: two capital letters",
        "contact": "a shared mailbox for questions about privacy",
        "illustrative": ILLUSTRATIVE,
    },
    "Engagement": {
        "service": "key of what is bought (words: `service`)",
        "purpose": "key of what it is for (words: `purpose`)",
        "entity": "id of the company",
        "kind": "key of the section that lists it (words: `table`)",
        "relation": "how the company is related to you",
        "audiences": "the regions of the customers whose data it handles",
        "locations": "where data is stored or reached, and what is done there",
        "locations_not_stated": "whether the policy declares that it does not say where",
        "data": "keys of the categories of data (words: `data`)",
        "subjects": "keys of the people the data is about (words: `subject`)",
        "mechanism": "the legal basis on which data leaves the EEA",
        "effective": "the first day of its use; for a change that calls for notice, the day the change takes effect",
        "illustrative": ILLUSTRATIVE,
        "objection_until": "the last day to object; the day it takes effect where none is given",
        "removed": "the first day on which it is no longer used",
        "certificates": "the certificates it holds",
        "chain": "its own subprocessors",
        "chain_link": "https address of its own list of subprocessors",
        "products": "keys of the products that use it; all of them where none is named",
        "optional": "whether a customer can do without it",
        "ai": "whether AI models are run or trained on personal data there",
    },
    "Location": {
        "country": "ISO 3166-1: two capital letters",
        "place": "key of a more precise place, such as a state or a city (words: `place`)",
        "illustrative": "whether it is assumed, not published",
        "role": "what is done there; with `access`, data is reached from there and stored elsewhere",
    },
    "Mechanism": {
        "kind": "GDPR article 45 (`adequacy`, `dpf`), 46 (`scc`) or 47 (`bcr`); `none` where none is needed",
        "document": "the decision or contract, or its https address",
    },
    "SubSubprocessor": {
        "legal_name": "the name as registered",
        "country": "ISO 3166-1: two capital letters",
    },
    "Term": {
        "use": "the word to use",
        "avoid": "words that must not be used for it",
    },
}
WORDS = {
    "title": "the page's title",
    "summary": "its first paragraph",
    "note": "each note of the facts, by its key",
    "section": "each section of the facts, by its key: `title` and `text`",
    "table": "what each kind's companies do, before their names",
    "service": "each service",
    "purpose": "each purpose",
    "data": "each category of data",
    "subject": "each kind of people",
    "place": "each place",
    "product": "each product",
    "translations": "how each text came into this language: `machine` or `reviewed`, and the hash of its source text",
}


def facts_schema() -> dict[str, Any]:
    schema = _with_descriptions(msgspec.json.schema(Facts))
    facts_definition = schema["$defs"].pop("Facts")
    for name, row in (("entities", "Entity"), ("engagements", "Engagement")):
        del schema["$defs"][row]["properties"]["id"]
        schema["$defs"][row]["required"].remove("id")
        facts_definition["properties"][name] |= _table_of({"$ref": f"#/$defs/{row}"})
        del facts_definition["properties"][name]["items"]
    return _with_title("facts.toml", facts_definition | _required_when_complete() | {"$defs": schema["$defs"]})


def _required_when_complete() -> dict[str, Any]:
    """Returns what the keys of a table that is not `listed` must be, beside those that each needs."""
    tables = {"entities": ENTITY_FACTS, "engagements": ENGAGEMENT_FACTS}
    rows = {name: {"additionalProperties": {"required": list(names)}} for name, names in tables.items()}
    is_listed = {"properties": {"level": {"const": Level.LISTED.value}}, "required": ["level"]}
    complete = {"properties": {"processor": {"required": list(PROCESSOR_FACTS)}, **rows}}
    return {"if": is_listed, "then": {}, "else": complete}


def words_schema() -> dict[str, Any]:
    text = {"type": "string"}
    section = {"type": "object", "properties": {"title": text, "text": text}, "additionalProperties": False}
    kinds = dict.fromkeys(WORDS, _table_of(text)) | {"title": text, "summary": text, "section": _table_of(section)}
    schema = {
        "type": "object",
        "additionalProperties": {"type": "string", "pattern": "^(machine|reviewed) [0-9a-f]{16}$"},
    }
    kinds["translations"] = schema
    properties = {key: kind | {"description": WORDS[key]} for key, kind in kinds.items()}
    return _with_title(
        "words/LANGUAGE.toml", {"type": "object", "properties": properties, "additionalProperties": False}
    )


def glossary_schema() -> dict[str, Any]:
    schema = _with_descriptions(msgspec.json.schema(Term))
    terms = {"type": "object", "additionalProperties": schema["$defs"]["Term"]}
    return _with_title("glossary.toml", {"type": "object", "additionalProperties": terms})


def _with_title(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": _DIALECT, **schema, "title": name}


def _table_of(row_schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "patternProperties": {_KEY: row_schema}, "additionalProperties": False}


def _with_descriptions(schema: dict[str, Any]) -> dict[str, Any]:
    """Adds our descriptions, refuses other keys, and removes null, which TOML does not have."""
    for name, record in schema["$defs"].items():
        record.pop("description", None)  # docstrings are for programmers
        if record.get("type") == "object":
            record["additionalProperties"] = False
            record["properties"] = {
                key: _without_null(kind) | _description(name, key) for key, kind in record["properties"].items()
            }
    return schema


def _description(record: str, key: str) -> dict[str, str]:
    return {"description": DESCRIPTIONS[record][key]} if key != "id" else {}


def _without_null(kind: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" not in kind:
        return kind
    [present] = [each for each in kind["anyOf"] if each != {"type": "null"}]
    return dict(present)
