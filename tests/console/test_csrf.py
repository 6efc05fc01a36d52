"""Whatever changes something in the console comes from a page of the console, and from nowhere else."""

import pytest

from tests.console.browser import Browser

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    return "sqlite"  # nothing here depends on what stores


OWN, ELSEWHERE = "http://127.0.0.1:8000", "https://www.example.com"


@pytest.mark.parametrize(
    ("fetched", "origin", "is_taken"),
    [
        ("same-origin", OWN, True),
        ("same-origin", None, True),
        (None, OWN, True),
        ("same-site", OWN, False),
        ("cross-site", OWN, False),
        ("none", OWN, False),
        ("none", None, False),
        ("same-origin", "null", False),
        (None, "null", False),
        ("same-origin", ELSEWHERE, False),
        (None, ELSEWHERE, False),
        (None, "http://127.0.0.1:8001", False),
        (None, "https://127.0.0.1:8000", False),
        (None, "http://127.0.0.1:8000.evil.example", False),
        (None, None, True),
    ],
)
@pytest.mark.parametrize("path", ["/console/sign-in", "/console/conversations/x/answers", "/console/sign-out"])
async def test_a_request_that_changes_something_is_taken_from_our_own_pages_only(
    signed_in: Browser, path: str, fetched: str | None, origin: str | None, is_taken: bool
) -> None:
    all_headers = {"sec-fetch-site": fetched, "origin": origin}
    headers = {name: value for name, value in all_headers.items() if value is not None}
    answer = await signed_in.client.post(path, data={"key": "k", "body": "b"}, headers=headers)
    assert (answer.status_code == 403) is not is_taken, answer.text


async def test_a_proxy_that_hands_on_the_public_host_does_not_lock_agents_out(signed_in: Browser) -> None:
    headers = {"host": "support.example.com", "origin": "http://support.example.com"}
    answer = await signed_in.client.post("/console/sign-out", headers=headers)
    assert answer.status_code == 303


async def test_a_refusal_is_a_page_in_the_readers_language(signed_in: Browser) -> None:
    answer = await signed_in.client.post("/console/sign-out", headers={"accept-language": "nb-NO", "origin": ELSEWHERE})
    assert answer.status_code == 403
    assert '<html lang="nb"' in answer.text
    assert "Denne siden har ikke lov til å sende hit." in answer.text
