"""What is ready is answered as bytes, compressed, with an ETag; and other origins may read it."""

import gzip

import brotli
import pytest

from forecourt.web.cached_response import CachedResponse, negotiate_coding
from tests.page import Page

READY = [
    "/embed.js",
    "/openapi.json",
    "/v1/sites/main/boot?locale=nb&policy=1",
    "/v1/sites/main/policy.json?locale=nb",
    "/v1/sites/main/policy.html?locale=nb&region=EU",
    "/main/nb/",
    "/main/en/privacy",
]


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.mark.anyio
@pytest.mark.parametrize("path", READY)
async def test_each_encoding_carries_the_same_answer(page: Page, path: str) -> None:
    plain = await page.client.get(path, headers={"accept-encoding": "identity"})
    assert plain.status_code == 200
    assert "content-encoding" not in plain.headers
    for name in ("br", "gzip"):
        packed = await page.client.get(path, headers={"accept-encoding": f"{name}, deflate;q=0.1"})
        assert packed.headers["content-encoding"] == name
        assert packed.content == plain.content  # httpx has unpacked it
        assert int(packed.headers["content-length"]) < len(plain.content)
        assert packed.headers["vary"] == "accept-encoding"


@pytest.mark.anyio
@pytest.mark.parametrize("path", READY)
async def test_what_is_known_is_not_sent_again(page: Page, path: str) -> None:
    first = await page.client.get(path)
    second = await page.client.get(path, headers={"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["etag"] == first.headers["etag"]


@pytest.mark.anyio
@pytest.mark.parametrize("path", READY)
async def test_head_answers_the_headers_alone(page: Page, path: str) -> None:
    await page.client.get(path)  # only an answer that is not from the cache names its request
    get, head = await page.client.get(path), await page.client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


@pytest.mark.anyio
@pytest.mark.parametrize("path", [path for path in READY if not path.startswith("/main")])
async def test_other_origins_may_read_it_and_nothing_is_set(page: Page, path: str) -> None:
    for _ in range(2):  # the second answer comes from the front
        answer = await page.client.get(path)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


@pytest.mark.anyio
async def test_many_spellings_of_a_query_are_one_answer(page: Page) -> None:
    shelf = {(await page.client.get(f"/v1/sites/main/boot?x={n}&locale=nb")).content for n in range(20)}
    assert len(shelf) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("locale", "answered"), [("no", "nb"), ("nn-NO", "nb"), ("en-GB", "en"), ("da", "en"), ("", "en")]
)
async def test_a_language_is_found_but_never_crossed(page: Page, locale: str, answered: str) -> None:
    assert (await page.boot(locale=locale))["locale"] == answered


@pytest.mark.anyio
@pytest.mark.parametrize("query", ["region=XX", "policy=2"])
async def test_a_wrong_query_is_named(page: Page, query: str) -> None:
    answer = await page.client.get(f"/v1/sites/main/boot?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, query.partition("=")[0])


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"", b""), (b"br", b"br"), (b"gzip, br", b"br"), (b"gzip", b"gzip"), (b"br;q=0, gzip;q=0.5", b"gzip"),
        (b"*", b"br"), (b"*;q=0", b""), (b"identity", b""), (b"br;q=x", b""), (b"BR", b"br"),
    ],
)  # fmt: skip
def test_the_best_accepted_encoding_is_chosen(header: bytes, expected: bytes) -> None:
    assert negotiate_coding(header) == expected


def test_what_grows_by_packing_stays_plain() -> None:
    response = CachedResponse.from_body(b"x", "text/plain", "no-store")
    assert list(response.variants) == [b""]


def test_packed_bytes_unpack_to_the_body() -> None:
    body = b"forecourt " * 100
    response = CachedResponse.from_body(body, "text/plain", "no-store")
    assert brotli.decompress(response.variants[b"br"].body["body"]) == body
    assert gzip.decompress(response.variants[b"gzip"].body["body"]) == body


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("accept_language", "locale"), [("nn, en;q=0.5", "nb"), ("en-GB", "en"), ("da", "en"), ("", "en")]
)
async def test_a_sites_address_leads_to_the_readers_language(page: Page, accept_language: str, locale: str) -> None:
    answer = await page.client.get("/main/", headers={"accept-language": accept_language})
    assert (answer.status_code, answer.headers["location"]) == (302, f"/main/{locale}/")
    assert answer.headers["vary"] == "accept-language"
