"""Holds what is run inside a page, in a world of its own (CDP), where the page's scripts cannot change what it reads.

The page's elements are shared with that world. So methods are taken from prototypes: a form's fields hide its own.
"""

from forecourt.doctor.limits import VisitLimits

_MARKUP = """
(() => {
  const all = (selector) => [...Document.prototype.querySelectorAll.call(document, selector)].slice(0, ITEMS);
  const attribute = (element, name) => (Element.prototype.getAttribute.call(element, name) ?? "").slice(0, TEXT);
  const isInside = (element, selector) => !!Element.prototype.closest.call(element, selector);
  return {
    tags: all("script[src*='/embed.js']").map((tag) => ({
      src: tag.src.slice(0, 2000), site: attribute(tag, "data-site"), in_head: isInside(tag, "head"), nonce: "",
    })),
    places: all("[data-forecourt]").map((place) => ({
      name: attribute(place, "data-forecourt"), is_form: Element.prototype.matches.call(place, "form"),
    })),
    waiting: all("[data-forecourt-purpose]").map((element) => attribute(element, "data-forecourt-purpose")),
  };
})()
"""
_STORAGE = """
(async () => {
  const read = async (list) => {
    try {
      return (await list()).slice(0, ITEMS).map((name) => String(name ?? "").slice(0, TEXT));
    } catch {
      return []; // storage that is blocked here, or that this page may not use
    }
  };
  const keys = (storage) => Array.from({ length: Math.min(storage.length, ITEMS) }, (_, index) => storage.key(index));
  return {
    "localStorage": await read(() => keys(localStorage)),
    "sessionStorage": await read(() => keys(sessionStorage)),
    "IndexedDB": await read(async () => (await indexedDB.databases()).map(({ name }) => name)),
    "Cache Storage": await read(() => caches.keys()),
    "service worker": await read(async () =>
      (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope)),
  };
})()
"""


def markup_script(limits: VisitLimits) -> str:
    """Returns the script that reads the tag and the places."""
    return _fill(_MARKUP, limits)


def storage_script(limits: VisitLimits) -> str:
    """Returns the script that lists what a frame's origin stores, by `StorageKind`."""
    return _fill(_STORAGE, limits)


def _fill(script: str, limits: VisitLimits) -> str:
    return script.replace("ITEMS", str(limits.items)).replace("TEXT", str(limits.text))
