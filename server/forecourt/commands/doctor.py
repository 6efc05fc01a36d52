"""`forecourt doctor`: opens a page as a visitor who refuses, and says what it stores and contacts."""

import argparse
import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

from forecourt.doctor.examination import examine
from forecourt.doctor.http_visit import visit_by_http
from forecourt.doctor.limits import VisitLimits
from forecourt.doctor.model import PageSnapshot
from forecourt.doctor.recipients import HostRecipients, read_folder_recipients, read_published_recipients
from forecourt.doctor.report import render_json, render_text
from forecourt.errors import ForecourtError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", type=_web_address, metavar="URL", help="the page, beginning with https:// or http://")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--http", action="store_true", help="start no browser: read the page's HTML alone")
    parser.add_argument("--no-tag", action="store_true", help="the page is meant to have no tag of Forecourt")
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="FOLDER",
        help="compare with this policy folder, not with what the tag's server has",
    )
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="NAME",
        help="a cookie, key or host that is in order; may be repeated; NAME* stands for all that begin so, a host also "
        "for those under it",
    )
    parser.add_argument(
        "--no-sandbox",
        action="store_true",
        help="start Chromium without its sandbox, as some containers need; for pages that you trust",
    )


def run(options: argparse.Namespace) -> int:
    """Returns 1 where there is a problem."""
    recipients = read_folder_recipients(options.policy) if options.policy else None
    return asyncio.run(_run(options, recipients, VisitLimits()))


async def _run(options: argparse.Namespace, recipients: HostRecipients | None, limits: VisitLimits) -> int:
    snapshot = await _visit(options, limits)
    tag = snapshot.markup.tag if snapshot.markup else None
    if recipients is None and tag and snapshot.boot and snapshot.boot.status == 200:
        recipients = await read_published_recipients(tag, limits)
    examination = examine(snapshot, recipients, allow_list=options.allow, expects_tag=not options.no_tag)
    print(render_json(examination) if options.json else render_text(examination))
    return int(examination.problems > 0)


async def _visit(options: argparse.Namespace, limits: VisitLimits) -> PageSnapshot:
    """Opens the page in Chromium or, where that cannot be, says why and reads it by HTTP alone."""
    if options.http:
        return await visit_by_http(options.url, limits)
    try:
        return await _visit_in_browser(options, limits)
    except _NoBrowser as error:
        print(f"{error}; meanwhile the page is read by HTTP alone.", file=sys.stderr)
        return await visit_by_http(options.url, limits)


async def _visit_in_browser(options: argparse.Namespace, limits: VisitLimits) -> PageSnapshot:
    try:
        from forecourt.doctor.browser_visit import visit_in_browser
        from forecourt.doctor.chromium import BrowserNotStarted, open_chromium
    except ImportError as error:
        command = "pip install 'forecourt[doctor]'"
        raise _NoBrowser(f"What drives a browser is not installed. Install it with {command}") from error
    try:
        async with open_chromium(limits, has_sandbox=not options.no_sandbox) as browser:
            return await visit_in_browser(browser, options.url, limits)
    except BrowserNotStarted as error:
        raise _NoBrowser(str(error)) from error


class _NoBrowser(ForecourtError):
    """Says why no browser opens the page, and what to do."""


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_web = False
    if not is_web or not text.isprintable() or " " in text:
        raise argparse.ArgumentTypeError("it is no address of the web: begin it with https:// or http://")
    if "@" in parts.netloc:
        raise argparse.ArgumentTypeError("leave out the name and the password")
    return text
