"""Serves a page of somebody else's that embeds the widget, and a third party beside it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page

from forecourt.resources import SAMPLE
from tests.forecourt_process import PROGRAM, ForecourtProcess
from tests.journeys.control import open_choices

SETTINGS = f"""
[sites.shop]
origins = ["ORIGIN"]
controller = "Shop AS"
email = "post@shop.example"
policy = '{SAMPLE / "policy"}'
privacy_policy = '{SAMPLE / "privacy"}'
[sites.shop.purposes.necessary]
required = true
google_consent_types = ["security_storage"]
[sites.shop.purposes.support]
[sites.shop.purposes.newsletter]
separate = true
[sites.shop.purposes.analytics]
cookies = ["_ga", "_ga_*"]
storage = ["stats", "stats.*"]
google_consent_types = ["analytics_storage"]
[sites.shop.purposes.marketing]
cookies = ["_fbp"]
gpc = true
google_consent_types = ["ad_storage", "ad_user_data", "ad_personalization"]
"""


# Out of view, since the control stands only where no such place is in view.
_SPACE = '<div><svg xmlns="http://www.w3.org/2000/svg" width="1" height="1800"></svg></div>'
PLACE = f'{_SPACE}<div data-forecourt="preferences"></div>'


class Host:
    """Serves both. `fetched` are the paths that were requested of the third party."""

    def __init__(self) -> None:
        self.fetched: list[str] = []
        self._files: dict[str, tuple[str, dict[str, str]]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        port = self._server.server_address[1]
        # Names under localhost lead here (RFC 6761): two sites, and each a secure context.
        self.origin, self.third = f"http://www.shop.localhost:{port}", f"http://third.localhost:{port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def file(self, path: str, text: str) -> None:
        """Sets what the third party answers: a script, unless it begins with a tag."""
        kind = "text/html" if text.startswith("<") else "text/javascript"
        self._files[path] = (text, {"content-type": f"{kind}; charset=utf-8", "access-control-allow-origin": "*"})

    def show(self, html: str, headers: dict[str, str]) -> None:
        """Sets the shop's first page."""
        self.serve("/", html, **headers)

    def serve(self, path: str, text: str, content_type: str = "text/html; charset=utf-8", **headers: str) -> None:
        """Sets what both answer under that path."""
        self._files[path] = (text, {"content-type": content_type} | headers)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if request.headers["host"].startswith("third."):
            self.fetched.append(request.path)
        text, headers = self._files.get(request.path, ("", {"content-type": "text/javascript"}))
        request.send_response(200)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(text.encode())


def _handler(host: Host) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def serve_shop(host: Host, folder: Path) -> Iterator[ForecourtProcess]:
    """Starts Forecourt with the site `shop` of that host beside the demo."""
    (folder / "forecourt.toml").write_text(SETTINGS.replace("ORIGIN", host.origin))
    with ForecourtProcess(PROGRAM, folder / "data", {"FORECOURT_LIMITS": "off"}, folder) as process:
        yield process


def wait_until_scanned(page: Page) -> None:
    """Waits until the widget has scanned the page again, as it does 50 ms after a change.

    It waits by the page's own clock, which is as late as the widget's on a busy machine.
    """
    page.evaluate(
        """() => new Promise(resolve => {
          document.documentElement.append(document.createComment("a change"));
          setTimeout(() => requestAnimationFrame(() => setTimeout(resolve)), 150);
        })"""
    )


def wait_until_settled(page: Page) -> None:
    """Waits until the banner stands before the page's body, where it comes a while after the page was loaded."""
    page.wait_for_selector("html > #forecourt-banner", state="attached")


class Visit:
    """Acts as a visitor of the shop."""

    def __init__(self, host: Host, process: ForecourtProcess, page: Page, site: str = "shop"):
        self.host, self.page, self.forecourt, self.site = host, page, process.forecourt, site
        host.fetched.clear()

    def open(self, body: str, head: str = "", **headers: str) -> Page:
        embed = f'<script async src="{self.forecourt}/embed.js" data-site="{self.site}"></script>'
        html = f'<!doctype html><html lang="en"><title>Shop</title>{head}{embed}<body>{body}{PLACE}</body></html>'
        self.host.show(html, {name.replace("_", "-"): value for name, value in headers.items()})
        self.page.goto(f"{self.host.origin}/")
        self.page.wait_for_selector("#forecourt-banner", state="attached")
        return self.page

    def choose(self, *names: str) -> None:
        """Opens the second layer, ticks exactly these purposes and saves."""
        choose_button = self.page.locator("#forecourt-choose")
        if choose_button.is_visible():
            choose_button.click()
        else:
            open_choices(self.page)
        for name in ("support", "newsletter", "analytics", "marketing"):
            box = self.page.locator(f"#forecourt-purpose-{name}")
            if box.is_enabled():
                box.set_checked(name in names)
        self.page.locator("#forecourt-save").click()
        self.page.locator("#forecourt-banner").wait_for(state="hidden")
