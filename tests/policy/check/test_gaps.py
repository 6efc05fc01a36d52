"""What is missing is told from what is wrong, and grouped by company."""

from pathlib import Path

import pytest

from forecourt.policy.check import FACTS_FILE, Finding, remedy
from forecourt.policy.check.gaps import Gap, GapGroup, company_names, group_gaps, split_gaps, take_first
from forecourt.policy.files.gap_toml import to_header, to_toml
from forecourt.policy.files.toml_lines import find_line, find_lines, read_lines
from tests.policy.sample import policy

COMPANIES = {"processor": "Us", "entities.a": "A", "engagements.a": "A", "engagements.a2": "A", "entities.b": "B"}


def finding(key: str, rule: str, file: str = FACTS_FILE, code: str = "x") -> Finding:
    return Finding(file, key, remedy("unknown_country", code=code), rule)


@pytest.mark.parametrize(
    ("key", "rule", "is_gap"),
    [
        ("engagements.a.relation", "missing-fact", True),
        ("engagements.a.locations", "no-place", True),
        ("entities.a.address", "blank", True),
        ("processor.host", "blank", True),
        ("updated", "missing-fact", True),
        ("sections", "missing-fact", False),
        ("engagements", "empty", False),
        ("engagements.a.chain.0.legal_name", "blank", False),
        ("entities.a.contact", "no-mail-address", False),
        ("entities.a.country", "unknown-country", False),
    ],
)
def test_only_what_has_to_be_added_is_a_gap(key: str, rule: str, is_gap: bool) -> None:
    gaps, others = split_gaps([finding(key, rule)], None)
    assert bool(gaps) is is_gap
    assert bool(others) is not is_gap


def test_a_country_that_is_blank_is_a_gap() -> None:
    assert split_gaps([finding("entities.a.country", "unknown-country", code="")], None)[0]


def test_gaps_are_grouped_by_company_and_texts_by_file() -> None:
    keys = ("entities.a.address", "processor.host", "engagements.a2.data", "entities.b.country", "engagements.a.data")
    gaps = [Gap("words/en.toml", "purpose.x"), *(Gap(FACTS_FILE, key) for key in keys)]
    groups = group_gaps(gaps, COMPANIES)
    assert [(group.title, group.count) for group in groups] == [("A", 3), ("Us", 1), ("B", 1), ("words/en.toml", 1)]


def test_the_first_gaps_are_shown_and_the_others_counted() -> None:
    gaps = tuple(Gap(FACTS_FILE, f"entities.a.{number}") for number in range(3))
    groups = [GapGroup("A", gaps, 3), GapGroup("B", gaps, 3), GapGroup("C", gaps, 3)]
    first_groups, rest = take_first(groups, 4)
    assert [(group.title, len(group.gaps), group.count) for group in first_groups] == [("A", 3, 3), ("B", 1, 3)]
    assert rest == 5
    assert take_first(groups, 9) == (groups, 0)


def test_every_table_has_its_company() -> None:
    names = company_names(policy().facts)
    assert names["entities.linode"] == names["engagements.linode-eu"] == "Linode, LLC"
    assert names["processor"] == policy().facts.entity(policy().facts.processor.entity).legal_name


def test_lines_are_found_past_texts_of_several_lines(tmp_path: Path) -> None:
    text = 'title = """\n[no.table]\nkey = 1\n"""\n[ a . "b c" ] # x\nd.e = 1\n  [[rows]]\nf = 2\n'
    lines = find_lines(text)
    assert lines == {"title": 1, "a.b c": 5, "a.b c.d.e": 6, "rows": 7, "rows.f": 8}
    assert find_line(lines, "a.b c.nothing") == 5
    assert find_line(lines, "nothing") is None
    assert read_lines(tmp_path / "none") == read_lines(tmp_path) == {}


def test_a_file_that_is_no_text_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_bytes(b"updated = 1\n")
    assert read_lines(path) == {"updated": 1}
    path.write_bytes(b"updated = 1\n\xff\n")
    assert read_lines(path) == {}


def test_a_hostile_key_is_quoted() -> None:
    assert to_toml(Gap("words/en.toml", 'data."\x1b[2J')) == '"\\"\\x1b[2J" = ""'
    assert to_header('a."b') == '[a."\\"b"]'
