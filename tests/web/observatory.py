"""Scores answers by the published rules of the MDN HTTP Observatory, as of its scoring of 2025.

The rules and their modifiers: https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring and, where that
page is short, the scanner's source, https://github.com/mdn/mdn-http-observatory (`src/grader/charts.js` and
`src/analyzer/tests`). What needs the world is left out: certificates, and the list of preloaded hosts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx

BASE_SCORE = 100
MINIMUM_FOR_BONUSES = 90
GRADES = (
    (100, "A+"),
    (90, "A"),
    (85, "A-"),
    (80, "B+"),
    (70, "B"),
    (65, "B-"),
    (60, "C+"),
    (50, "C"),
    (45, "C-"),
    (40, "D+"),
    (30, "D"),
    (25, "D-"),
    (0, "F"),
)
MODIFIERS = {
    "csp-implemented-with-no-unsafe-default-src-none": 10,
    "csp-implemented-with-no-unsafe": 5,
    "csp-implemented-with-unsafe-inline-in-style-src-only": 0,
    "csp-implemented-with-insecure-scheme-in-passive-content-only": -10,
    "csp-implemented-with-unsafe-eval": -10,
    "csp-implemented-with-unsafe-inline": -20,
    "csp-implemented-with-insecure-scheme": -20,
    "csp-not-implemented": -25,
    "cookies-secure-with-httponly-sessions-and-samesite": 5,
    "cookies-secure-with-httponly-sessions": 0,
    "cookies-not-found": 0,
    "cookies-without-secure-flag-but-protected-by-hsts": -5,
    "cookies-without-secure-flag": -20,
    "cookies-samesite-flag-invalid": -20,
    "cookies-session-without-httponly-flag": -30,
    "cross-origin-resource-sharing-not-implemented": 0,
    "cross-origin-resource-sharing-implemented-with-public-access": 0,
    "cross-origin-resource-sharing-implemented-with-restricted-access": 0,
    "cross-origin-resource-sharing-implemented-with-universal-access": -50,
    "redirection-to-https": 0,
    "redirection-off-host-from-http": -5,
    "redirection-not-to-https": -20,
    "redirection-missing": -20,
    "referrer-policy-private": 5,
    "referrer-policy-not-implemented": 0,
    "referrer-policy-unsafe": -5,
    "referrer-policy-header-invalid": -5,
    "hsts-implemented-max-age-at-least-six-months": 0,
    "hsts-implemented-max-age-less-than-six-months": -10,
    "hsts-not-implemented": -20,
    "hsts-header-invalid": -20,
    "sri-implemented-and-all-scripts-loaded-securely": 5,
    "sri-not-implemented-response-not-html": 0,
    "sri-not-implemented-but-no-scripts-loaded": 0,
    "sri-not-implemented-but-all-scripts-loaded-from-secure-origin": 0,
    "sri-not-implemented-but-external-scripts-loaded-securely": -5,
    "x-content-type-options-nosniff": 0,
    "x-content-type-options-not-implemented": -5,
    "x-frame-options-implemented-via-csp": 5,
    "x-frame-options-sameorigin-or-deny": 0,
    "x-frame-options-not-implemented": -20,
    "cross-origin-resource-policy-implemented-with-same-origin": 10,
    "cross-origin-resource-policy-implemented-with-same-site": 10,
    "cross-origin-resource-policy-implemented-with-cross-origin": 0,
    "cross-origin-resource-policy-not-implemented": 0,
    "cross-origin-resource-policy-header-invalid": -5,
}
SIX_MONTHS = 15_552_000  # seconds, as the scanner counts them
BROAD_SOURCES = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
PRIVATE_REFERRER_POLICIES = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
UNSAFE_REFERRER_POLICIES = {"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"}
Csp = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Scan:
    """Holds what a scan fetches of one address. `host` is the one that browsers know.

    `page` is the answer by HTTPS, `for_other_origin` that to a request from a page of another origin, `by_http` that to
    plain HTTP. `set_cookies` are all `Set-Cookie` headers of the visit.
    """

    host: str
    page: httpx.Response
    for_other_origin: httpx.Response
    by_http: httpx.Response
    set_cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    points: int
    grade: str
    results: tuple[str, ...]


def score(scan: Scan) -> Score:
    """Returns the points. Bonuses count only where the penalties alone leave an A."""
    results = (
        judge_csp(parse_csp(scan.page)),
        judge_cookies(scan),
        judge_cors(scan.for_other_origin),
        judge_redirection(scan),
        judge_referrer_policy(scan.page),
        judge_hsts(scan.page),
        judge_integrity(scan.page),
        judge_content_type_options(scan.page),
        judge_frame_options(scan.page),
        judge_resource_policy(scan.page),
    )
    modifiers = [MODIFIERS[result] for result in results]
    points = BASE_SCORE + sum(modifier for modifier in modifiers if modifier < 0)
    if points >= MINIMUM_FOR_BONUSES:
        points += sum(modifier for modifier in modifiers if modifier > 0)
    points = max(points, 0)
    return Score(points, next(grade for minimum, grade in GRADES if points >= minimum), results)


def parse_csp(response: httpx.Response) -> Csp:
    """Returns the sources by directive, of one policy; the first of a directive counts."""
    csp: Csp = {}
    for directive in response.headers.get("content-security-policy", "").split(";"):
        name, *sources = directive.split() or [""]
        if name:
            csp.setdefault(name.lower(), {source.lower() for source in sources})
    return csp


def judge_csp(csp: Csp) -> str:
    if not csp:
        return "csp-not-implemented"
    default = csp.get("default-src", {"*"})
    script, style, objects = (csp.get(name, default) for name in ("script-src", "style-src", "object-src"))
    passive = csp.get("img-src", default) | csp.get("media-src", default)
    active = set().union(*(sources for name, sources in csp.items() if name not in ("img-src", "media-src")))
    if script & (BROAD_SOURCES | {"'unsafe-inline'", "data:"}) or objects & BROAD_SOURCES:
        return "csp-implemented-with-unsafe-inline"
    if any(source.startswith(("http:", "ftp:")) for source in active):
        return "csp-implemented-with-insecure-scheme"
    if "'unsafe-eval'" in script | style:
        return "csp-implemented-with-unsafe-eval"
    if any(source.startswith(("http:", "ftp:")) for source in passive):
        return "csp-implemented-with-insecure-scheme-in-passive-content-only"
    if style & (BROAD_SOURCES | {"'unsafe-inline'", "data:"}):
        return "csp-implemented-with-unsafe-inline-in-style-src-only"
    return "csp-implemented-with-no-unsafe" + ("-default-src-none" if default == {"'none'"} else "")


def judge_cookies(scan: Scan) -> str:
    """Judges as the scanner does: a session's cookie is one with `login` or `sess` in its name."""
    if not scan.set_cookies:
        return "cookies-not-found"
    results = [*_cookie_faults(scan)]
    if results:
        return min(results, key=lambda result: MODIFIERS[result])
    has_same_site = all("samesite" in _cookie_attributes(cookie) for cookie in scan.set_cookies)
    return "cookies-secure-with-httponly-sessions" + ("-and-samesite" if has_same_site else "")


def _cookie_faults(scan: Scan) -> Iterator[str]:
    has_hsts = judge_hsts(scan.page) == "hsts-implemented-max-age-at-least-six-months"
    for cookie in scan.set_cookies:
        attributes = _cookie_attributes(cookie)
        if attributes.get("samesite", "lax") not in ("lax", "strict", "none"):
            yield "cookies-samesite-flag-invalid"
        if "secure" not in attributes:
            yield "cookies-without-secure-flag" + ("-but-protected-by-hsts" if has_hsts else "")
        is_session = re.search("login|sess", cookie.partition("=")[0].lower())
        if is_session and "httponly" not in attributes:
            yield "cookies-session-without-httponly-flag"


def _cookie_attributes(cookie: str) -> dict[str, str]:
    pairs = (part.strip().lower().partition("=") for part in cookie.split(";")[1:])
    return {name: value for name, _, value in pairs}


def judge_cors(response: httpx.Response) -> str:
    allowed = response.headers.get("access-control-allow-origin")
    prefix = "cross-origin-resource-sharing-"
    if allowed is None:
        return prefix + "not-implemented"
    if allowed.strip() == "*":
        return prefix + "implemented-with-public-access"
    takes_credentials = response.headers.get("access-control-allow-credentials", "").lower() == "true"
    is_echo = allowed == response.request.headers.get("origin")
    return prefix + f"implemented-with-{'universal' if is_echo and takes_credentials else 'restricted'}-access"


def judge_redirection(scan: Scan) -> str:
    if not scan.by_http.is_redirect:
        return "redirection-missing"
    target = urlsplit(scan.by_http.headers["location"])
    if target.scheme != "https":
        return "redirection-not-to-https"
    return "redirection-to-https" if target.hostname == scan.host else "redirection-off-host-from-http"


def judge_referrer_policy(response: httpx.Response) -> str:
    """Judges the last policy that is known."""
    header = response.headers.get("referrer-policy")
    if header is None:
        return "referrer-policy-not-implemented"
    policies = [policy.strip().lower() for policy in header.split(",")]
    known_policies = [policy for policy in policies if policy in PRIVATE_REFERRER_POLICIES | UNSAFE_REFERRER_POLICIES]
    if not known_policies:
        return "referrer-policy-header-invalid"
    return "referrer-policy-" + ("private" if known_policies[-1] in PRIVATE_REFERRER_POLICIES else "unsafe")


def judge_hsts(response: httpx.Response) -> str:
    header = response.headers.get("strict-transport-security")
    if header is None:
        return "hsts-not-implemented"
    max_age = re.search(r"(?:^|;)\s*max-age=(\d+)", header.lower())
    if "," in header or not max_age:
        return "hsts-header-invalid"
    length = "at-least" if int(max_age[1]) >= SIX_MONTHS else "less-than"
    return f"hsts-implemented-max-age-{length}-six-months"


class _ScriptFinder(HTMLParser):
    """Collects the attributes of a page's scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.scripts.append(dict(attrs))


def judge_integrity(response: httpx.Response) -> str:
    """Judges scripts by relative addresses as the page's own. Ours have no others, so any other counts as foreign."""
    if response.headers.get("content-type", "text/html").partition(";")[0] != "text/html":
        return "sri-not-implemented-response-not-html"
    finder = _ScriptFinder()
    finder.feed(response.text)
    if not finder.scripts:
        return "sri-not-implemented-but-no-scripts-loaded"
    loaded = [script for script in finder.scripts if script.get("src")]
    if any(not re.match(r"/(?!/)", script["src"] or "") and not script.get("integrity") for script in loaded):
        return "sri-not-implemented-but-external-scripts-loaded-securely"
    if any(script.get("integrity") for script in loaded):
        return "sri-implemented-and-all-scripts-loaded-securely"
    return "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"


def judge_content_type_options(response: httpx.Response) -> str:
    is_set = response.headers.get("x-content-type-options", "").strip().lower() == "nosniff"
    return "x-content-type-options-" + ("nosniff" if is_set else "not-implemented")


def judge_frame_options(response: httpx.Response) -> str:
    if "frame-ancestors" in parse_csp(response):
        return "x-frame-options-implemented-via-csp"
    is_set = response.headers.get("x-frame-options", "").strip().lower() in ("deny", "sameorigin")
    return "x-frame-options-" + ("sameorigin-or-deny" if is_set else "not-implemented")


def judge_resource_policy(response: httpx.Response) -> str:
    policy = response.headers.get("cross-origin-resource-policy")
    prefix = "cross-origin-resource-policy-"
    if policy is None:
        return prefix + "not-implemented"
    is_known = policy.strip().lower() in ("same-origin", "same-site", "cross-origin")
    return prefix + (f"implemented-with-{policy.strip().lower()}" if is_known else "header-invalid")
