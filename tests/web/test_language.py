"""A request is answered in the language the reader chose, else in the browser's, else in the site's default."""

import pytest
from starlette.requests import Request

from forecourt.web.language import negotiate_language, negotiate_query_language

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
