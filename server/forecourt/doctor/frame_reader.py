"""Looks into the frames of a page that a browser has open, over the DevTools protocol."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from forecourt.doctor.limits import VisitLimits
from forecourt.doctor.model import Markup, PlaceMarkup, StorageKind, StoredItem
from forecourt.doctor.page_scripts import markup_script, storage_script
from forecourt.doctor.printable import origin_of, printable
from forecourt.doctor.tag_address import to_tag


async def read_markup(session: CDPSession, limits: VisitLimits) -> Markup | None:
    """Returns what the page's elements say to the widget; None where the page went away meanwhile."""
    page = next(await _list_frames(session))
    values = await _evaluate(session, page, markup_script(limits))
    return _to_printable_markup(msgspec.convert(values, Markup)) if values else None


async def read_stored(session: CDPSession, limits: VisitLimits) -> set[StoredItem]:
    """Returns what the origins of the page and its frames store, but for cookies."""
    stored: set[StoredItem] = set()
    for frame in islice(await _list_frames(session), limits.frames):
        names = await _evaluate(session, frame, storage_script(limits))
        owner = printable(origin_of(str(frame["url"])))
        stored |= {StoredItem(StorageKind(kind), printable(name), owner) for kind in names for name in names[kind]}
    return stored


async def _list_frames(session: CDPSession) -> Iterator[dict[str, Any]]:
    return _flatten((await session.send("Page.getFrameTree"))["frameTree"])


def _flatten(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield tree["frame"]
    for child in tree.get("childFrames", []):
        yield from _flatten(child)


async def _evaluate(session: CDPSession, frame: dict[str, Any], script: str) -> dict[str, Any]:
    """Returns what a script of ours says in a frame; nothing, where the frame went away meanwhile."""
    try:
        world = await session.send("Page.createIsolatedWorld", {"frameId": frame["id"], "worldName": "doctor"})
        options = {"contextId": world["executionContextId"], "awaitPromise": True, "returnByValue": True}
        answer = await session.send("Runtime.evaluate", {"expression": script, **options})
    except PlaywrightError:
        return {}
    return dict(answer["result"].get("value") or {})


def _to_printable_markup(markup: Markup) -> Markup:
    return Markup(
        tuple(to_tag(tag.src, tag.site, tag.in_head) for tag in markup.tags),
        tuple(PlaceMarkup(printable(place.name), place.is_form) for place in markup.places),
        tuple(map(printable, markup.waiting)),
    )
