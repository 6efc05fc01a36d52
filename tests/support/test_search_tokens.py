"""Words are found however people type them, in languages with and without spaces."""

import pytest

from forecourt.support.search_query import SearchTerm, parse_query
from forecourt.support.search_tokens import index_tokens


@pytest.mark.parametrize(
    ("text", "tokens", "wholes"),
    [
        ("Don’t send e-mail!", ["don", "t", "send", "e", "mail"], ["dont", "email"]),
        ("l'eau d'été", ["l", "eau", "d", "ete"], ["leau", "dete"]),
        ("maria.jensen@Example.com", ["maria", "jensen", "example", "com"], []),
        ("東京都の", ["東京", "京都", "都の", "の"], [*"東京都の"]),
        ("ｶﾞｽ ＡＢＣ", ["ガス", "ス", "abc"], ["ガ", "ス"]),
        ("iPhone用", ["iphone", "用"], ["用"]),
        ("한국어", ["한국", "국어", "어"], [*"한국어"]),
        ("ไทย", ["ไท", "ทย", "ย"], [*"ไทย"]),
        ("blåbærsyltetøy Straße", ["blabaersyltetoy", "strasse"], []),
        ("Ёлка й п'ять", ["елка", "й", "п", "ять"], ["пять"]),
        ("مُحَمَّد والكتاب أحمد", ["محمد", "كتاب", "احمد"], []),
        ("می\u200cخواهم", ["مي", "خواهم"], ["ميخواهم"]),
        ("हिन्दी में", ["हिन्दी", "में"], []),
        ("ΟΔΟΣ ὁδός", ["οδοσ", "οδοσ"], []),
        ("٣٤ ½", ["34", "1", "2"], []),
        ("x" * 99, ["x" * 64], []),
        ("— … 🎉", [], []),
    ],
)
def test_a_text_is_cut_into_words_as_people_type_them(text: str, tokens: list[str], wholes: list[str]) -> None:
    assert index_tokens(text) == (tokens, wholes)


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("Invoice Fak", [SearchTerm(("invoice",)), SearchTerm(("fak",), is_prefix=True)]),
        ("to be", [SearchTerm(("to",)), SearchTerm(("be",))]),
        ("“late again” now", [SearchTerm(("late", "again")), SearchTerm(("now",), is_prefix=True)]),
        ('"never closed', [SearchTerm(("never",)), SearchTerm(("closed",), is_prefix=True)]),
        ("a@b.com", [SearchTerm(("a", "b", "com"), is_prefix=True)]),
        ("e-mail x", [SearchTerm(("email",)), SearchTerm(("x",))]),
        ("東京都", [SearchTerm(("東京", "京都"))]),
        ("税", [SearchTerm(("税",))]),
        ('"東京都 iPhone"', [SearchTerm(("東京", "京都", "都", "iphone"))]),
        ("re re:", [SearchTerm(("re",))]),
        ('"" - ?', []),
    ],
)
def test_a_query_asks_for_the_same_words(typed: str, terms: list[SearchTerm]) -> None:
    assert list(parse_query(typed).terms) == terms
