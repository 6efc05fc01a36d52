"""`forecourt policy schema`: JSON Schema of a policy folder's files, for editors and other tools."""

import argparse
import json
from collections.abc import Callable

from forecourt.commands.command import command, settings_of
from forecourt.policy.files import json_schema
from forecourt.policy.outputs import policy_json_schema as published

_OF_FOLDER: dict[str, Callable[[], dict[str, object]]] = {
    "facts": json_schema.facts_schema,
    "words": json_schema.words_schema,
    "glossary": json_schema.glossary_schema,
}
_PUBLISHED = "policy.json"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(commands, "schema", _schema, "print the JSON Schema of one of a policy's files")
    made.add_argument("file", choices=[*_OF_FOLDER, _PUBLISHED], nargs="?", default="facts", help="which (facts)")


def _schema(options: argparse.Namespace) -> None:
    if options.file == _PUBLISHED:
        print(json.dumps(json.loads(published.encode_schema(settings_of(options).public_url)), indent=2))
    else:
        print(json.dumps(_OF_FOLDER[options.file](), indent=2, ensure_ascii=False))
