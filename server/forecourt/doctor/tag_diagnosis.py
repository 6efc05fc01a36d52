"""Says whether Forecourt's tag is on the page, early enough, known to its server, and free to work."""

from collections import Counter
from collections.abc import Iterator

from forecourt.doctor.boot_answer import SiteBoot
from forecourt.doctor.model import Area, Diagnosis, Markup, OpenedWith, PageSnapshot, Severity, TagMarkup
from forecourt.doctor.printable import origin_of
from forecourt.doctor.tag_address import server_address

_PLACES = ("policy", "contact", "chat", "newsletter", "messengers", "preferences", "launcher")
_NAMED_AT_MOST = 10


def diagnose_tag(snapshot: PageSnapshot, markup: Markup, boot: SiteBoot | None) -> Iterator[Diagnosis]:
    """Yields what is to be said about the tag of a page that should have one."""
    tag = markup.tag
    if tag is None:
        yield _missing_tag(snapshot)
    elif not tag.site:
        yield _problem("tag-without-site", f"{tag.src} names no site: give the tag data-site.")
    else:
        yield _time_of(tag, snapshot)
        yield from _server_of(tag, snapshot, boot)
        yield from _csp_of(tag, snapshot)
        yield from _places_of(markup)
        yield from _waiting_of(markup, boot)


def _missing_tag(snapshot: PageSnapshot) -> Diagnosis:
    if snapshot.opened_with is OpenedWith.HTTP:
        return _problem(
            "tag-missing", "No tag of Forecourt is in the HTML. A script may add one, which a browser sees."
        )
    return _problem("tag-missing", "No tag of Forecourt is on the page. If there should be none, add --no-tag.")


def _time_of(tag: TagMarkup, snapshot: PageSnapshot) -> Diagnosis:
    """Says whether the tag comes early enough: what loads before it cannot be taken back."""
    request = snapshot.tag_request
    if snapshot.opened_with is OpenedWith.HTTP:
        position = "in the head" if tag.in_head else "in the body; in the head it comes earlier"
        return _fine("tag", f"{tag.src}, for the site {tag.site}, is {position}.")
    if request is None:
        return _problem("tag-unused", f"{tag.src} is on the page, and the browser never asked for it.")
    if request.is_after_parsing:
        late = "A script adds it after" if not request.is_in_html else "It comes after"
        return _problem(
            "tag-late",
            f"{tag.src} comes too late. {late} the page was parsed, and what loads before it waits for no consent. "
            "Write it into the page's head.",
        )
    how = "is in the HTML" if request.is_in_html else "is added by a script"
    return _fine("tag", f"{tag.src}, for the site {tag.site}, {how} and is request {request.number} of the page.")


def _server_of(tag: TagMarkup, snapshot: PageSnapshot, boot: SiteBoot | None) -> Iterator[Diagnosis]:
    server, status = server_address(tag.src), snapshot.boot.status if snapshot.boot else 0
    if status == 0:
        yield _problem("server-silent", f"{server} gave the widget no answer.")
    elif status == 404:
        yield _problem("site-unknown", f"{server} knows no site {tag.site}.")
    elif status != 200:
        yield _problem("server-refuses", f"{server} answers {status} for the site {tag.site}.")
    elif boot is None:
        yield _problem("server-unreadable", f"{server} answers what the widget cannot read for the site {tag.site}.")
    else:
        yield _fine("site", f"{server} knows the site {tag.site}.")
        yield _origin_of(server, tag, snapshot, asks=boot.consent.asks)


def _origin_of(server: str, tag: TagMarkup, snapshot: PageSnapshot, *, asks: bool) -> Diagnosis:
    """Says whether the server takes choices from the page, which its answer to the refusal shows."""
    origin, status = origin_of(snapshot.final_url), snapshot.refusal_status
    if snapshot.opened_with is OpenedWith.HTTP:
        return _note("origin-unchecked", f"Only a browser can try whether {origin} may write.")
    if not snapshot.has_question and not asks:
        return _note("asks-nothing", "The site asks for nothing in its question, so nothing could be refused.")
    if not snapshot.has_question:
        return _problem("no-question", "The widget did not ask for consent, so nothing could be refused.")
    if status == 403:
        return _problem(
            "origin-refused", f"{server} takes no choice from {origin}: add it to the origins of the site {tag.site}."
        )
    if status is None or status >= 400:
        answer = f"the server answered {status}" if status else "no answer came"
        return _problem("refusal-failed", f"The question's own button for refusing did not work: {answer}.")
    return _fine("origin", f"It takes choices from {origin}.")


def _csp_of(tag: TagMarkup, snapshot: PageSnapshot) -> Iterator[Diagnosis]:
    """Yields what the page's Content Security Policy blocks of Forecourt."""
    origin = origin_of(tag.src)
    blocks = [block for block in snapshot.csp_blocks if block.blocked.startswith(f"{origin}/")]
    for directive in sorted({block.directive for block in blocks}):
        source = "forecourt" if directive == "trusted-types" else origin
        yield _problem("csp", f"The page's Content Security Policy blocks Forecourt: add {source} to {directive}.")
    if not blocks:
        yield _fine("csp", "No Content Security Policy is in the way.")


def _places_of(markup: Markup) -> Iterator[Diagnosis]:
    names = Counter(place.name for place in markup.places if place.name in _PLACES and not place.is_form)
    if names:
        places = ", ".join(f"{name} ({number})" if number > 1 else name for name, number in names.items())
        yield _fine("places", f"Places: {places}.")
    else:
        yield _note("no-places", "The page has no place: the policy stands at the tag.")
    for name in sorted({place.name for place in markup.places if place.name not in _PLACES})[:_NAMED_AT_MOST]:
        yield _problem("place-unknown", f'data-forecourt="{name}" is no place. Places are {", ".join(_PLACES)}.')
    if any(place.is_form for place in markup.places):
        yield _problem("place-is-form", "A <form> cannot be a place: put data-forecourt on another element.")


def _waiting_of(markup: Markup, boot: SiteBoot | None) -> Iterator[Diagnosis]:
    """Yields the purposes that elements wait for and the site does not have: those are never granted."""
    purposes = {purpose for value in markup.waiting for purpose in value.split()}
    names = {purpose.name for purpose in boot.consent.purposes} if boot else purposes
    for purpose in sorted(purposes - names)[:_NAMED_AT_MOST]:
        yield _problem("purpose-unknown", f"Something waits for the purpose {purpose}, which the site does not have.")


def _problem(rule: str, sentence: str) -> Diagnosis:
    return Diagnosis(Area.TAG, Severity.PROBLEM, rule, sentence)


def _note(rule: str, sentence: str) -> Diagnosis:
    return Diagnosis(Area.TAG, Severity.NOTE, rule, sentence)


def _fine(rule: str, sentence: str) -> Diagnosis:
    return Diagnosis(Area.TAG, Severity.FINE, rule, sentence)
