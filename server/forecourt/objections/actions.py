"""What can be done with objections. Nothing here asks for consent or an account (GDPR 28(2), SCC clause 9(a))."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.digest import sha256_hex
from forecourt.email_address import to_mailbox
from forecourt.errors import Gone, NotFound
from forecourt.identifiers import new_identifier
from forecourt.mail import outbox
from forecourt.mail.model import Mail, Sender
from forecourt.objections import store
from forecourt.objections.model import LINK_LIFE, PURPOSE, Objection, ObjectionAnswer, ObjectionInput, ObjectionState
from forecourt.objections.subjects import change, subject
from forecourt.policy.edition import EditionEntry
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition

ANSWERS = 50  # of one objection, on its pages


@dataclass(frozen=True, slots=True)
class ObjectionMailRouting:
    """The site as it stands, its mails' sender, and where browsers reach Forecourt."""

    at: LiveSite
    sender: Sender
    address: str

    def page(self, locale: str, secret: str) -> str:
        return f"{self.address}/{self.at.name}/{locale}/objection/{secret}"


def file(
    connection: Connection, written: ObjectionInput, entry: EditionEntry, desk: ObjectionMailRouting
) -> tuple[str, str]:
    """Keeps the objection, sends a receipt and tells the site. Returns its id and the secret of its page.

    The same content stands once while it is open, however often the button is pressed.
    """
    dedupe = _dedupe(written, desk.at)
    if known := store.same(connection, dedupe):
        return known, _secret(connection, known)
    made = _made(written, entry, desk.at)
    store.add(connection, made, dedupe)
    secret = _secret(connection, made.id)
    _send_receipt(connection, made, secret, desk)
    _tell_site(connection, made, entry, desk)
    return made.id, secret


def by_secret(connection: Connection, site: str, secret: str) -> tuple[Objection, list[ObjectionAnswer]]:
    """Changes nothing. Raises `Gone`."""
    identity, _ = one_time_links.subject(connection, PURPOSE, secret)
    found = store.one(connection, identity)
    if found is None or found.site != site:
        raise Gone(PURPOSE)
    return found, store.answers(connection, identity, ANSWERS)


def withdraw(connection: Connection, site: str, secret: str) -> None:
    """By who objected; what is settled stays as it is. Raises `Gone`."""
    found, _ = by_secret(connection, site, secret)
    store.settle(connection, found.id, ObjectionState.WITHDRAWN, clock.now())


def one(connection: Connection, identity: str) -> tuple[Objection, list[ObjectionAnswer]]:
    """Raises `NotFound`."""
    found = store.one(connection, identity)
    if found is None:
        raise NotFound(identity)
    return found, store.answers(connection, identity, ANSWERS)


def resolve(connection: Connection, identity: str, agent: str, body: str, desk: ObjectionMailRouting) -> bool:
    """Keeps the answer and mails it to who objected. False where it was settled meanwhile. Raises `NotFound`.

    The same answer again, to what it has resolved, is a button pressed twice: True.
    """
    now = clock.now()
    is_mine = store.settle(connection, identity, ObjectionState.RESOLVED, now)
    found, said = one(connection, identity)
    if not is_mine:
        return found.state is ObjectionState.RESOLVED and bool(said) and said[-1].body == body
    row = {"id": new_identifier(), "objection": identity, "agent": agent, "body": body, "at": now}
    store.add_answer(connection, row)
    context = _context(found) | {"body": body, "link": desk.page(found.locale, _secret(connection, identity))}
    mail = Mail("objection_settled", f"{store.MAIL}{row['id']}", found.email, found.locale, context, address(desk.at))
    outbox.put(connection, mail, desk.sender)
    return True


def reopen(connection: Connection, identity: str) -> bool:
    """False where it is withdrawn: only who objected could object again. Raises `NotFound`."""
    is_mine = store.reopen(connection, identity)
    return is_mine or one(connection, identity)[0].state is ObjectionState.OPEN


def address(at: LiveSite) -> str:
    """Where objections go: what the policy names, or the site's own where that is no mailbox."""
    processor = at.release.policy.facts.processor
    return to_mailbox(processor.objections or processor.contact) or at.settings.email


def _made(written: ObjectionInput, entry: EditionEntry, at: LiveSite) -> Objection:
    reading = LocalizedEdition(at.edition, written.locale)
    return Objection(
        new_identifier(),
        at.name,
        at.release.number,
        written.engagement,
        subject(reading, entry),
        change(reading, entry),
        entry.engagement.effective,
        entry.engagement.deadline,
        written.name,
        written.email,
        written.company,
        written.reason,
        written.locale,
        ObjectionState.OPEN,
        clock.now(),
        None,
    )


def _secret(connection: Connection, identity: str) -> str:
    return one_time_links.make(connection, PURPOSE, identity, LINK_LIFE)


def _send_receipt(connection: Connection, made: Objection, secret: str, desk: ObjectionMailRouting) -> None:
    context = _context(made) | {"link": desk.page(made.locale, secret), "email": address(desk.at)}
    mail = Mail("objection_receipt", f"objection_receipt:{made.id}", made.email, made.locale, context, address(desk.at))
    outbox.put(connection, mail, desk.sender)


def _tell_site(connection: Connection, made: Objection, entry: EditionEntry, desk: ObjectionMailRouting) -> None:
    """In the site's language, what it is about too."""
    locale = desk.at.settings.locale
    reading = LocalizedEdition(desk.at.edition, locale)
    context = _context(made) | {
        "subject": subject(reading, entry),
        "change": change(reading, entry),
        "link": f"{desk.address}/console/objections/{made.id}",
    }
    mail = Mail("objection", f"objection:{made.id}", address(desk.at), locale, context, reply_to=made.email)
    outbox.put(connection, mail, desk.sender)


def _context(of: Objection) -> dict[str, object]:
    return {"objection": of, "subject": of.subject, "change": of.change}


def _dedupe(written: ObjectionInput, at: LiveSite) -> str:
    content = (at.name, at.release.number, written.engagement, written.email.lower(), written.name, written.company)
    return sha256_hex(msgspec.json.encode((*content, written.reason)).decode())
