"""Results show what was searched for where it stands, and the best come first."""

from forecourt.support.search_matches import find_matches, make_snippet, rank
from forecourt.support.search_query import parse_query


def test_a_snippet_stands_around_the_match_and_is_cut_between_words() -> None:
    snippet = make_snippet("word " * 100 + "a don't needle " + "word " * 100, parse_query("dont needle"))
    assert [part.text for part in snippet if part.is_match] == ["don't", "needle"]
    whole = "".join(part.text for part in snippet)
    assert whole.startswith("… word ")
    assert whole.endswith("word …")


def test_the_form_that_was_typed_comes_before_one_without_accents() -> None:
    query = parse_query("café")
    assert rank("un café", {"café"}, query) > rank("un cafe", {"café"}, query)
    assert find_matches("Ｃａｆé ｶﾞｽ", parse_query("cafe")) == [(0, 4)]
    assert find_matches("「ｶﾞｽ」", parse_query("ガス")) == [(1, 4)]
