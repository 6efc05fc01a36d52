"""Measures what the banner costs its page: main-thread time and layout shift, beside vanilla-cookieconsent.

One bare page, loaded in turns as it is, with our embed and with theirs, in Chromium at a quarter of its speed.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Error, sync_playwright

from bench import npm_packages, servers, static_host
from bench.processes import BenchmarkBroken
from bench.result_row import ResultRow, compare_costs, expect_at_most
from bench.static_host import HostedFile

ROUNDS, SLOWER, SETTLED = 7, 4, 400  # SETTLED: milliseconds after the banner is there
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
_CHROMIUM = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
_THEIRS = "vanilla-cookieconsent"
_NAME = f"banner: main-thread time / {_THEIRS}"
_COUNT_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const each of list.getEntries()) window.shifted += each.value; })
  .observe({ type: "layout-shift", buffered: true });
"""
_THEIR_TAGS = """
<link rel="stylesheet" href="/cookieconsent.css"><script src="/cookieconsent.umd.js"></script><script>
CookieConsent.run({ hideFromBots: false,
  categories: { necessary: { enabled: true, readOnly: true }, support: {}, newsletter: {} },
  language: { default: "en", translations: { en: {
    consentModal: { title: "Your choice", description: "What we ask for, and why.", acceptAllBtn: "Accept all",
      acceptNecessaryBtn: "Reject all", showPreferencesBtn: "Choose" },
    preferencesModal: { title: "Your choice", acceptAllBtn: "Accept all", acceptNecessaryBtn: "Reject all",
      savePreferencesBtn: "Save", sections: [{ title: "Necessary", linkedCategory: "necessary" },
        { title: "Support", linkedCategory: "support" },
        { title: "Newsletter", linkedCategory: "newsletter" }] } } } } });
</script>"""


@dataclass(frozen=True, slots=True)
class PageCost:
    """Holds milliseconds of the main thread: all of it, scripts, and style with layout. `shift` is the CLS."""

    task: float
    script: float
    style: float
    shift: float


def measure_banner(scratch: Path) -> Iterator[ResultRow]:
    try:
        yield from _compare_costs(_measure_pages(scratch, _peer_files()))
    except BenchmarkBroken as error:
        yield ResultRow(_NAME, want="ratio <= 1", note=f"skipped: {error}")


def _peer_files() -> dict[str, HostedFile]:
    folder = npm_packages.install_package("vanilla", _THEIRS) / "node_modules" / _THEIRS / "dist"
    kinds = {"cookieconsent.css": "text/css", "cookieconsent.umd.js": "text/javascript"}
    return {f"/{name}": HostedFile(kind, (folder / name).read_bytes()) for name, kind in kinds.items()}


def _measure_pages(scratch: Path, files: dict[str, HostedFile]) -> dict[str, list[PageCost]]:
    """Returns kind of page -> what each of its loads cost."""
    with servers.start_demo(scratch, "banner") as ours, _chromium() as browser:
        tag = f'<script async src="{ours.address}/embed.js" data-site="main"></script>'
        bodies = {"bare": ("", "h1"), "theirs": (_THEIR_TAGS, "#cc-main .cm")}
        bodies["ours"] = (f'<div data-forecourt="preferences"></div>{tag}', "#forecourt-accept")
        bodies["with the policy"] = (tag, "#forecourt-accept")
        pages = {f"/{name}": HostedFile("text/html; charset=utf-8", _page(body)) for name, (body, _) in bodies.items()}
        with static_host.serve_files(
            files | {path.replace(" ", "%20"): file for path, file in pages.items()}
        ) as address:
            places = {
                name: (f"{address}/{name.replace(' ', '%20')}", selector) for name, (_, selector) in bodies.items()
            }
            turns = [{name: _load_page(browser, *place) for name, place in places.items()} for _ in range(ROUNDS + 1)]
    return {name: [each[name] for each in turns[1:]] for name in bodies}


@contextlib.contextmanager
def _chromium() -> Iterator[Browser]:
    path = next((executable for name in _CHROMIUM if name and (executable := shutil.which(name))), None)
    if path is None:
        raise BenchmarkBroken("no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


def _page(body: str) -> bytes:
    text = "<p>What this company sells, and why it is good.</p>" * 60
    return f'<!doctype html><html lang="en"><title>A page</title><h1>A page</h1>{text}{body}</html>'.encode()


def _load_page(browser: Browser, url: str, selector: str) -> PageCost:
    """Loads `url` in a fresh context, until the page shows `there`: nothing is cached and nothing was chosen."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    try:
        page, metrics = context.new_page(), dict[str, float]()
        line = context.new_cdp_session(page)
        line.send("Performance.enable")
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.add_init_script(_COUNT_SHIFTS)
        page.goto(url)
        page.wait_for_selector(selector, timeout=10_000)
        page.wait_for_timeout(SETTLED)
        metrics = {each["name"]: each["value"] * 1000 for each in line.send("Performance.getMetrics")["metrics"]}
        style = metrics["LayoutDuration"] + metrics["RecalcStyleDuration"]
        return PageCost(metrics["TaskDuration"], metrics["ScriptDuration"], style, page.evaluate("window.shifted"))
    except Error as error:
        raise BenchmarkBroken(f"{url} showed no {selector}: {error}") from error
    finally:
        context.close()


def _compare_costs(costs: dict[str, list[PageCost]]) -> Iterator[ResultRow]:
    """Yields the figures, less the time of the bare page."""
    bare_time = median(each.task for each in costs["bare"])
    added_times = {name: [each.task - bare_time for each in loads] for name, loads in costs.items()}
    yield compare_costs(_NAME, added_times["ours"], "ms", _THEIRS, added_times["theirs"], 1.0)
    yield compare_costs(
        "the same with the policy on the page", added_times["with the policy"], "ms", _THEIRS, added_times["theirs"]
    )
    yield expect_at_most("banner: layout shift", max(each.shift for each in costs["ours"]), "CLS", 0)
