"""Holds names and docstrings to what CONTRIBUTING asks for, and prints each one that differs with its file and line."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from forecourt.consent.status import ConsentStatus
from tests.project.name_rules import ALLOWED, BANNED, BANNED_LOCALS, OTHER_VERBS, PARTICIPLE_ENDINGS, VERBS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "server" / "forecourt"
WIRE_TYPES = ROOT / "widget" / "src" / "core" / "api-types.ts"
PUBLIC_TYPES = ROOT / "widget" / "index.d.ts"
VERB_WORDS = OTHER_VERBS | {verb.lower() for verb in VERBS}
UNTYPED = {"Any", "Row", "RowMapping", "Result", "MappingResult", "CursorResult"}
SEVERAL = "ResponseBody"  # the widget's one type for the fields of every answer

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """Holds one module of the server, parsed."""

    path: Path
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.path.relative_to(PACKAGE).parts[0]

    @property
    def classes(self) -> list[ast.ClassDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]

    @property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def place(self, node: ast.AST | None = None) -> str:
        """Returns the file, and the line of `node` in it, as editors open them."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


@cache
def modules() -> list[Module]:
    """Returns every module of the server but migrations, which keep the names they were written with."""
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if "versions" not in path.parts]
    return [Module(path, ast.parse(path.read_text("utf-8"))) for path in paths]


def words_of(name: str) -> list[str]:
    """Returns the words of a name in snake_case or CamelCase, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)]


def is_bare(name: str) -> bool:
    """Checks whether a name is one word, and that word a participle or banned."""
    words = words_of(name)
    if len(words) != 1 or words[0] in ALLOWED:
        return False
    return words[0] in BANNED or words[0].endswith(PARTICIPLE_ENDINGS)


def parameters(function: Function) -> list[ast.arg]:
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def local_names(function: Function) -> Iterator[tuple[str, int]]:
    """Yields the name of each parameter and local variable, and its line, but for the `each` of a single line."""
    nodes = [*ast.walk(function)]
    named_each = {id(name) for node in nodes for name in names_of_one_line(node)}
    variables: list[tuple[ast.arg | ast.Name, str]] = [(node, node.arg) for node in nodes if isinstance(node, ast.arg)]
    variables += [(node, node.id) for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    yield from ((name, node.lineno) for node, name in variables if name != "each" or id(node) not in named_each)


def names_of_one_line(node: ast.AST) -> Iterator[ast.AST]:
    """Yields the variables of a comprehension, and the parameters of a lambda, that stand in one line."""
    if isinstance(node, COMPREHENSIONS) and node.lineno == node.end_lineno:
        for generator in node.generators:
            yield from ast.walk(generator.target)
    if isinstance(node, ast.Lambda) and node.lineno == node.end_lineno:
        yield from node.args.args


def named_things(module: Module) -> Iterator[tuple[str, str]]:
    """Yields each name that a module gives to itself, a class, a function or a parameter, and where it stands."""
    yield module.path.stem, f"{module.place()} module"
    for node in module.classes:
        yield node.name, f"{module.place(node)} class"
    for function in module.functions:
        yield function.name, f"{module.place(function)} function"
        for parameter in parameters(function):
            yield parameter.arg, f"{module.place(parameter)} parameter of {function.name}:"


def docstring_faults(module: Module) -> Iterator[str]:
    if module.tree.body and not has_verb(ast.get_docstring(module.tree)):
        yield f"{module.place()} module"
    for node in module.classes:
        if ast.get_docstring(node) and not has_verb(ast.get_docstring(node)):
            yield f"{module.place(node)} class {node.name}"
    for function in module.functions:
        docstring = ast.get_docstring(function)
        if docstring and re.split(r"\W", docstring, maxsplit=1)[0] not in VERBS:
            yield f"{module.place(function)} function {function.name}: {docstring.splitlines()[0]}"


def has_verb(docstring: str | None) -> bool:
    """Checks whether the first sentence has a verb."""
    sentence = re.split(r"[.;]\s", docstring or "", maxsplit=1)[0]
    return bool(VERB_WORDS & set(words_of(sentence)))


def reads_tables(module: Module) -> bool:
    imports = {node.module for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom)}
    return "forecourt.db.tables" in imports and module.package != "db"


def untyped_answers(module: Module) -> Iterator[str]:
    """Yields the public functions whose answer is not typed. SQL is no answer: columns may be of any type."""
    for function in module.functions:
        if function.returns is None or function.name.startswith("_"):
            continue
        names = {node.id for node in ast.walk(function.returns) if isinstance(node, ast.Name)}
        if names & UNTYPED and "ColumnElement" not in names:
            yield f"{module.place(function)} {function.name} -> {ast.unparse(function.returns)}"


def struct_fields(name: str) -> set[str]:
    """Returns the fields of the server's class of this name; empty where there is none."""
    for module in modules():
        for node in module.classes:
            if node.name == name:
                return {ast.unparse(line.target) for line in node.body if isinstance(line, ast.AnnAssign)}
    return set()


def interfaces() -> dict[str, set[str]]:
    """Returns the fields of each interface in the widget's file of what the server sends."""
    text = WIRE_TYPES.read_text("utf-8")
    bodies = re.findall(r"^export interface (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    return {name: set(re.findall(r"^  readonly (\w+)\??:", body, re.MULTILINE)) for name, body in bodies}


def test_no_public_class_has_the_name_of_another() -> None:
    places = defaultdict(list)
    for module in modules():
        for node in module.classes:
            if not node.name.startswith("_"):
                places[node.name].append(module.place(node))
    assert not [f"{name}: {' and '.join(lines)}" for name, lines in places.items() if len(lines) > 1]


def test_no_name_is_a_bare_participle() -> None:
    offenders = [f"{place} {name}" for module in modules() for name, place in named_things(module) if is_bare(name)]
    assert not offenders, "\n" + "\n".join(offenders)


def test_every_exception_is_needed() -> None:
    names = {"".join(words_of(name)) for module in modules() for name, _ in named_things(module)}
    assert not ALLOWED.keys() - names


def test_docstrings_of_functions_begin_with_a_verb_and_those_of_classes_and_modules_have_one() -> None:
    offenders = [fault for module in modules() for fault in docstring_faults(module)]
    assert not offenders, "\n" + "\n".join(offenders)


def test_no_store_answers_what_has_no_type() -> None:
    offenders = [fault for module in modules() if reads_tables(module) for fault in untyped_answers(module)]
    assert not offenders, "\n" + "\n".join(offenders)


@pytest.mark.parametrize("name", sorted(interfaces().keys() - {SEVERAL}))
def test_what_the_server_sends_has_one_name_in_the_widget_and_the_server(name: str) -> None:
    assert interfaces()[name] <= struct_fields(name)


def test_a_consents_status_is_the_same_in_the_widget_and_the_server() -> None:
    declaration = re.search(r"^export type ConsentStatus = ([^;]+);", PUBLIC_TYPES.read_text("utf-8"), re.MULTILINE)
    assert declaration
    assert re.findall(r'"(\w+)"', declaration[1]) == [status.value for status in ConsentStatus]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("told", True), ("_shown", True), ("Refused", True), ("send_reply", False), ("OriginRefused", False)],
)
def test_a_bare_participle_is_recognized(name: str, expected: bool) -> None:
    assert is_bare(name) is expected


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [("Holds a row.", True), ("A row that is locked.", True), ("Of a site, nothing.", False), (None, False)],
)
def test_a_sentence_without_a_verb_is_recognized(docstring: str | None, expected: bool) -> None:
    assert has_verb(docstring) is expected


def test_locals_name_the_thing() -> None:
    paths = [module.path for module in modules()] + sorted((ROOT / "tests").rglob("*.py"))
    offenders = {
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in paths
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, Function)
        for name, line in local_names(function)
        if name in BANNED_LOCALS | {"each"}
    }
    assert not offenders, "\n" + "\n".join(sorted(offenders))
