"""`forecourt policy schema`: prints the JSON Schema of a policy folder's files, for editors and other tools."""

import argparse
import json
from collections.abc import Callable

from forecourt.commands.settings import load_command_settings
from forecourt.policy.files import json_schema
from forecourt.policy.outputs import policy_json_schema

_FOLDER_SCHEMAS: dict[str, Callable[[], dict[str, object]]] = {
    "facts": json_schema.facts_schema,
    "words": json_schema.words_schema,
    "glossary": json_schema.glossary_schema,
}
_PUBLISHED = "policy.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    files = [*_FOLDER_SCHEMAS, _PUBLISHED]
    parser.add_argument("file", choices=files, nargs="?", default="facts", help="the file to describe (facts)")


def run(options: argparse.Namespace) -> None:
    if options.file == _PUBLISHED:
        schema = policy_json_schema.encode_schema(load_command_settings(options).public_url)
        print(json.dumps(json.loads(schema), indent=2))
    else:
        print(json.dumps(_FOLDER_SCHEMAS[options.file](), indent=2, ensure_ascii=False))
