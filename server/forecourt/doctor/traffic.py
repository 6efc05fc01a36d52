"""Watches what an open page asks the network for: which hosts, how much, and what the widget asks."""

import asyncio
from collections import Counter
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Page, Request, Response, WebSocket

from forecourt.doctor.limits import VisitLimits
from forecourt.doctor.model import CspBlock, TagRequest
from forecourt.doctor.printable import host_of, printable
from forecourt.doctor.tag_address import is_boot, is_script

_NEVER_SENT = ("csp", "mixed-content")  # why a request failed that the browser did not send
_HOSTS_AT_MOST = 500
_BLOCKS_AT_MOST = 100
_SCRIPTS_AT_MOST = 20


class Traffic:
    """Holds what happened. `has_news` is set at each request, `is_over` once the page has taken all that it may.

    `scripts` are the requests for what looks like the widget's script, `boots` what its server answered to the widget.
    `has_boot_ended` is set with that answer, and where it cannot come.
    """

    def __init__(self, limits: VisitLimits):
        self._limits = limits
        self._count = self._bytes = 0
        self._is_parsed = False
        self.requests: Counter[str] = Counter()
        self.csp_blocks: set[CspBlock] = set()
        self.scripts: dict[str, TagRequest] = {}
        self.boots: list[Response] = []
        self.has_news, self.is_over, self.has_boot_ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def watch(self, context: BrowserContext, page: Page, session: CDPSession) -> None:
        """Begins to listen, before the page is opened."""
        context.on("request", self._add_request)
        context.on("requestfailed", self._add_failure)
        context.on("response", self._add_response)
        page.on("websocket", self._add_socket)
        session.on("Network.dataReceived", self._add_bytes)
        session.on("Network.requestWillBeSent", self._add_script)
        session.on("Page.domContentEventFired", self._end_parsing)
        session.on("Audits.issueAdded", self._add_issue)
        for domain in ("Page", "Network", "Audits"):
            await session.send(f"{domain}.enable")

    def take_requests(self) -> dict[str, int]:
        """Returns how many requests each host got since the last call."""
        requests, self.requests = self.requests, Counter()
        return {host: number for host, number in requests.items() if number > 0}

    def _add_request(self, request: Request) -> None:
        self._add_host(request.url)

    def _add_socket(self, socket: WebSocket) -> None:
        self._add_host(socket.url)

    def _add_host(self, url: str) -> None:
        self._count += 1
        self.has_news.set()
        host = host_of(url)
        if host and (host in self.requests or len(self.requests) < _HOSTS_AT_MOST):
            self.requests[host] += 1
        if self._count > self._limits.requests:
            self.is_over.set()

    def _add_failure(self, request: Request) -> None:
        if request.failure in _NEVER_SENT:
            self.requests[host_of(request.url)] -= 1
        self._end_boot(request.url)

    def _end_boot(self, url: str) -> None:
        """Records that the widget's script or its call failed."""
        if is_script(url) or self._is_boot(url):
            self.has_boot_ended.set()

    def _add_response(self, response: Response) -> None:
        if is_script(response.url) and response.status >= 400:
            self.has_boot_ended.set()
        if self._is_boot(response.url):
            self.boots = [*self.boots, response][:_SCRIPTS_AT_MOST]
            self.has_boot_ended.set()

    def _is_boot(self, url: str) -> bool:
        return any(is_boot(url, script) for script in self.scripts)

    def _add_bytes(self, event: dict[str, Any]) -> None:
        self._bytes += int(event["dataLength"])
        if self._bytes > self._limits.bytes:
            self.is_over.set()

    def _add_script(self, event: dict[str, Any]) -> None:
        """Records the first request for a script of that name. A script in the HTML is asked for by the parser."""
        url = str(event["request"]["url"])
        if is_script(url) and url not in self.scripts and len(self.scripts) < _SCRIPTS_AT_MOST:
            is_in_html = event["initiator"]["type"] == "parser"
            self.scripts[url] = TagRequest(self._count + 1, is_in_html, self._is_parsed)

    def _end_parsing(self, _: dict[str, Any]) -> None:
        self._is_parsed = True

    def _add_issue(self, event: dict[str, Any]) -> None:
        """Records what the page's Content Security Policy blocked."""
        details = event["issue"]["details"].get("contentSecurityPolicyIssueDetails")
        if details and not details["isReportOnly"] and len(self.csp_blocks) < _BLOCKS_AT_MOST:
            source = details.get("sourceCodeLocation", {}).get("url", "")
            blocked = str(details.get("blockedURL") or source)
            self.csp_blocks.add(CspBlock(printable(str(details["violatedDirective"])), printable(blocked)))
            self._end_boot(blocked)  # a call that is blocked is no request
