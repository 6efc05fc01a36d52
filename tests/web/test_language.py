"""A request is answered in the language the reader chose, else in the browser's, else in the site's default."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from forecourt.web.language import match_accept_language, match_language, negotiate_language, negotiate_query_language

OFFERED = ("en", "nb", "sk")


def request_of(query: str = "", accept_language: str = "") -> Request:
    headers = [(b"accept-language", accept_language.encode())] if accept_language else []
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("preferred", "accept_language", "expected"),
    [
        ("sk", "nb", "sk"),
        ("nb-NO", "sk", "nb"),
        ("xx", "sk;q=0.5, nb", "nb"),
        ("", "sk", "sk"),
        (None, "no", "nb"),
        (None, "xx", "en"),
        (None, "", "en"),
    ],
)
def test_the_choice_beats_the_browser_and_the_browser_the_default(
    preferred: str | None, accept_language: str, expected: str
) -> None:
    assert negotiate_language(request_of("", accept_language), OFFERED, "en", preferred) == expected


@pytest.mark.parametrize(
    ("query", "expected"), [("locale=nb", "nb"), ("locale=sk-SK", "sk"), ("locale=x", "en"), ("", "en")]
)
def test_a_response_cached_by_its_address_ignores_the_browser(query: str, expected: str) -> None:
    assert negotiate_query_language(request_of(query, "sk"), OFFERED, "en") == expected


WITH_ALIASES = ("en", "nb", "fil", "pt-BR", "zh-Hans")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("nb", "nb"), ("no", "nb"), ("nn", "nb"), ("nn-NO", "nb"), ("NB-no", "nb"), ("nb_NO", "nb"),
        ("tl", "fil"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("zh", "zh-Hans"),
        ("zh-TW", None), ("zh-Hant", None), ("zh-HK", None), ("zh-Hans-HK", "zh-Hans"),
        ("en-Shaw", None), ("zh-CN", "zh-Hans"), ("zh-SG", "zh-Hans"),
        ("da", None), ("sv", None), ("", None), ("*", None), ("x" * 100, None),
    ],
)  # fmt: skip
def test_the_nearest_language_is_matched_and_never_another_one(tag: str, expected: str | None) -> None:
    assert match_language(tag, WITH_ALIASES) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh_MO", "zh-Hant"), ("zh-CN", "zh-Hans"), ("zh", "zh-Hans")],
)
def test_a_region_leads_to_the_script_that_is_written_there(tag: str, expected: str) -> None:
    assert match_language(tag, ("en", "zh-Hans", "zh-Hant")) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("da, nn;q=0.8, en;q=0.5", "nb"), ("en;q=0.2, nb;q=0.9", "nb"), ("nb;q=0, en", "en"), ("da", None),
        ("nb;q=x, en;q=0.1", "en"), ("", None),
        ("en;q=0.5, nb; q=0.9", "nb"), ("nb;Q=0.9, en;q=0.8", "nb"), ("en ;q=0.1 , nb\t;\tq=0.9", "nb"),
        ("en;q=0., nb;q=1.", "nb"), ("nb;q=0.000", None), ("nb;q=.., en;q=0.1", "en"), ("nb;level=1, en", "nb"),
        ("zh-TW, en;q=0.1", "en"), ("*", None), ("nb q=0.5, en", "en"), ("en;q=nan, nb;q=0.1", "nb"),
        ("nb_NO, en;q=0.1", "nb"),
    ],
)  # fmt: skip
def test_a_header_is_read_by_its_weights(header: str, expected: str | None) -> None:
    assert match_accept_language(header, WITH_ALIASES) == expected


@given(st.text(max_size=800))
def test_no_header_raises(header: str) -> None:
    assert match_accept_language(header, WITH_ALIASES) in (None, *WITH_ALIASES)
