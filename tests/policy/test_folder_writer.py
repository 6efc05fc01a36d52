"""A policy is written as one folder and no other, and reads back as itself, whatever its words are."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt.errors import PolicyBroken
from forecourt.policy.files import folder_reader, folder_writer
from forecourt.policy.model import Policy, Term, Translation, TranslationState
from tests.policy.sample import FOLDER, policy
from tests.policy.strategies import policies

HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ['"""', "'''", "\\", "a\r\nb", "\r", "\n", "\n\n", 'x"\n"""\ny', "\x00", "# no comment", "[table]", "\u2028", "{x}"]
)
WORD_KEYS = st.lists(HOSTILE | st.sampled_from(("a", "b", "translations")), min_size=1, max_size=4).map(".".join)
TRANSLATIONS = st.builds(Translation, st.sampled_from(TranslationState), st.just("0123456789abcdef"))


@st.composite
def hostile_policies(draw: st.DrawFn) -> Policy:
    """Draws policies with facts in every field, and with words and keys that are easily read as something else."""
    policy = draw(policies())
    languages = draw(st.sets(st.sampled_from(("en", "nb", "pt-BR")), min_size=1))
    keys = draw(st.sets(WORD_KEYS.filter(lambda key: key != folder_reader.TRANSLATIONS), max_size=6))
    words = {each: {key: draw(HOSTILE) for key in sorted(keys)} for each in sorted(languages)}
    translations = {each: draw(st.dictionaries(WORD_KEYS, TRANSLATIONS, max_size=3)) for each in words if each != "en"}
    glossary = draw(st.dictionaries(st.sampled_from(("en", "nb")), st.dictionaries(HOSTILE, TERMS, min_size=1)))
    entities = tuple(replace(each, legal_name=draw(HOSTILE)) for each in policy.facts.entities)
    facts = replace(policy.facts, entities=entities, notes=(), accepted=tuple(draw(st.lists(HOSTILE, max_size=3))))
    return Policy(facts, words, translations, glossary)


TERMS = st.builds(Term, HOSTILE, st.lists(HOSTILE, max_size=3).map(tuple))


def read_back(files: dict[str, str], to: Path) -> Policy:
    folder_writer.write_files(files, to)
    policy, flaws = folder_reader.read_unchecked(to)
    assert policy is not None, flaws
    return policy


@settings(deadline=None)  # it writes files
@given(any_policy=hostile_policies())
def test_what_is_written_reads_back_as_the_same_policy(
    any_policy: Policy, tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = folder_writer.to_files(any_policy)
    read_policy = read_back(files, tmp_path_factory.mktemp("policy"))
    assert read_policy == any_policy
    assert folder_writer.to_files(read_policy) == files


def test_the_sample_is_written_byte_for_byte_as_it_stands() -> None:
    sample_files = {str(path.relative_to(FOLDER)): path.read_bytes().decode() for path in FOLDER.rglob("*.toml")}
    assert folder_writer.to_files(policy()) == sample_files


def test_what_is_as_usual_is_left_out_but_the_notice_days() -> None:
    facts = folder_writer.to_files(policy())["facts.toml"]
    assert "notice_days = 30\n" in facts
    assert not any(f"\n{usual} = " in facts for usual in ("optional", "ai", "removed", "products", "chain"))


def test_only_the_title_of_a_section_comes_out_of_order() -> None:
    words = folder_writer.to_files(policy())["words/en.toml"]
    assert words.index("[data]") < words.index("[section.agreement]\ntitle = ") < words.index("[subject]")


def test_a_folder_that_is_no_policy_is_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    with pytest.raises(PolicyBroken, match=r"holds thesis\.doc and no facts\.toml"):
        folder_writer.refuse_foreign_folder(tmp_path)


@pytest.mark.parametrize("file_names", [(), (".git",), ("facts.toml", "README.md")])
def test_an_empty_folder_and_a_policy_are_written_to(file_names: tuple[str, ...], tmp_path: Path) -> None:
    for name in file_names:
        (tmp_path / name).touch()
    folder_writer.refuse_foreign_folder(tmp_path)
    folder_writer.refuse_foreign_folder(tmp_path / "new")


def test_writing_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    folder_writer.write_files(folder_writer.to_files(policy()), tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"
