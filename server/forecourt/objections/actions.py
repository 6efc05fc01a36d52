"""Does what can be done with objections. None of it asks for consent or an account (GDPR 28(2), SCC clause 9(a))."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.digest import sha256_hex
from forecourt.email_address import to_mailbox
from forecourt.errors import LinkExpired, NotFound
from forecourt.identifiers import new_identifier
from forecourt.link_secret import new_link_secret
from forecourt.mail import outbox
from forecourt.mail.model import Mail
from forecourt.mail.routing import MailRouting
from forecourt.mail.unconfirmed_mails import UnconfirmedMailQueue
from forecourt.objections import store
from forecourt.objections.links import OBJECTION_LINK, OBJECTION_LINK_LIFETIME, RECEIPT_LINK
from forecourt.objections.model import Objection, ObjectionAnswer, ObjectionInput, ObjectionState
from forecourt.objections.subjects import describe_change, describe_subject
from forecourt.policy.edition import EditionEntry
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition


@dataclass(frozen=True, slots=True)
class ObjectionDetails:
    """Holds an objection and its answers, the oldest first."""

    objection: Objection
    answers: list[ObjectionAnswer]


def submit_objection(
    connection: Connection,
    form: ObjectionInput,
    entry: EditionEntry,
    live_site: LiveSite,
    routing: MailRouting,
    queue: UnconfirmedMailQueue,
) -> tuple[str, str | None]:
    """Stores the objection, mails a receipt by `queue`, and mails the site. Returns its id and the secret of its page.

    The same content is stored once while it is open, however often the button is pressed. Only the first time returns
    a secret: who types somebody's words again need not be them.
    """
    key = _digest(form, live_site)
    if same := store.find_same(connection, key):
        return same, None
    objection = _to_objection(form, entry, live_site)
    store.add_objection(connection, objection, key)
    _mail_receipt(connection, objection, live_site, routing, queue)
    _mail_site(connection, objection, entry, live_site, routing)
    return objection.id, _new_secret(connection, objection.id, OBJECTION_LINK)


def find_by_secret(connection: Connection, site: str, secret: str) -> ObjectionDetails:
    """Returns the objection whose page the secret opens. Changes nothing. Raises `LinkExpired`."""
    objection = _find_linked(connection, site, OBJECTION_LINK, secret)
    return ObjectionDetails(objection, store.find_answers(connection, objection.id))


def check_receipt(connection: Connection, site: str, secret: str) -> None:
    """Raises `LinkExpired` unless the secret is that of a mailed link. Changes nothing."""
    _find_linked(connection, site, RECEIPT_LINK, secret)


def open_receipt(connection: Connection, site: str, secret: str) -> str:
    """Stores that the mailbox's owner opened a mailed link. Returns the secret of the objection's own page.

    Raises `LinkExpired`.
    """
    objection = _find_linked(connection, site, RECEIPT_LINK, secret)
    one_time_links.mark_used(connection, secret)
    return _new_secret(connection, objection.id, OBJECTION_LINK)


def withdraw_objection(connection: Connection, site: str, secret: str) -> None:
    """Withdraws an open objection for somebody who has its link. A settled one stays as it is. Raises `LinkExpired`."""
    objection = find_by_secret(connection, site, secret).objection
    store.settle(connection, objection.id, ObjectionState.WITHDRAWN, clock.now())


def find_objection(connection: Connection, identifier: str) -> ObjectionDetails:
    """Raises `NotFound`."""
    objection = store.find_objection(connection, identifier)
    if objection is None:
        raise NotFound(identifier)
    return ObjectionDetails(objection, store.find_answers(connection, identifier))


def resolve_objection(
    connection: Connection, identifier: str, agent: str, body: str, live_site: LiveSite, routing: MailRouting
) -> bool:
    """Stores the answer and mails it to who objected. Returns False where it was settled meanwhile.

    The same answer once more, to an objection that it has resolved, is a button pressed twice: it returns True.
    Raises `NotFound`.
    """
    now = clock.now()
    is_settled_now = store.settle(connection, identifier, ObjectionState.RESOLVED, now)
    details = find_objection(connection, identifier)
    objection, answers = details.objection, details.answers
    if not is_settled_now:
        return objection.state is ObjectionState.RESOLVED and bool(answers) and answers[-1].body == body
    answer = new_identifier()
    store.add_answer(connection, answer, identifier, agent, body, now)
    context, reply_to = _mail_context(objection) | {"body": body}, objection_mailbox(live_site)
    context |= {"is_confirmed": store.is_receipt_opened(connection, identifier)}
    context |= {"link": _receipt_url(connection, objection, routing)}
    key = store.answer_mail_key(answer)
    mail = Mail(
        "objection_answer", key, objection.email, objection.locale, context, reply_to, is_written_by_person=True
    )
    outbox.put_mail(connection, mail, routing.sender)
    return True


def reopen_objection(connection: Connection, identifier: str) -> bool:
    """Returns False where the objection was withdrawn: only who objected can object again. Raises `NotFound`."""
    if store.reopen(connection, identifier):
        return True
    return find_objection(connection, identifier).objection.state is ObjectionState.OPEN


def objection_mailbox(live_site: LiveSite) -> str:
    """Returns where objections go: the address that the policy names, or the site's own if that is no mailbox."""
    processor = live_site.release.policy.facts.processor
    return to_mailbox(processor.objections or processor.contact) or live_site.settings.email


def _to_objection(form: ObjectionInput, entry: EditionEntry, live_site: LiveSite) -> Objection:
    edition = LocalizedEdition(live_site.edition, form.locale)
    return Objection(
        new_identifier(),
        live_site.name,
        live_site.release.number,
        form.engagement,
        describe_subject(edition, entry),
        describe_change(edition, entry),
        entry.engagement.first_day,
        entry.engagement.deadline,
        form.name,
        form.email,
        form.company,
        form.reason,
        form.locale,
        ObjectionState.OPEN,
        clock.now(),
        None,
    )


def _find_linked(connection: Connection, site: str, purpose: str, secret: str) -> Objection:
    objection = store.find_objection(connection, one_time_links.find(connection, purpose, secret).subject)
    if objection is None or objection.site != site:
        raise LinkExpired(purpose)
    return objection


def _new_secret(connection: Connection, objection: str, purpose: str) -> str:
    return one_time_links.create(connection, purpose, objection, OBJECTION_LINK_LIFETIME)


def _receipt_url(connection: Connection, objection: Objection, routing: MailRouting) -> str:
    """Returns a new link for a mail to who objected."""
    return _receipt_page(objection, _new_secret(connection, objection.id, RECEIPT_LINK), routing)


def _receipt_page(objection: Objection, secret: str, routing: MailRouting) -> str:
    return routing.page_url(objection.locale, f"objection/receipt/{secret}")


def _mail_receipt(
    connection: Connection,
    objection: Objection,
    live_site: LiveSite,
    routing: MailRouting,
    queue: UnconfirmedMailQueue,
) -> None:
    """Mails that an objection came, and nothing that was typed or chosen: nobody has confirmed the address."""
    reply_to, secret = objection_mailbox(live_site), new_link_secret()
    context: dict[str, object] = {
        "reference": objection.id,
        "sent_on": objection.created_at.date(),
        "timing": objection.timing,
        "link": _receipt_page(objection, secret, routing),
        "email": reply_to,
    }
    key = f"objection_receipt:{objection.id}"
    mail = Mail("objection_receipt", key, objection.email, objection.locale, context, reply_to)
    if queue.put_mail(connection, mail, routing.sender):
        one_time_links.add(connection, RECEIPT_LINK, objection.id, OBJECTION_LINK_LIFETIME, secret)


def _mail_site(
    connection: Connection, objection: Objection, entry: EditionEntry, live_site: LiveSite, routing: MailRouting
) -> None:
    """Mails the objection to the site, in the site's own language, with what it is about in that language too."""
    edition = LocalizedEdition(live_site.edition, routing.locale)
    context = _mail_context(objection) | {
        "subject": describe_subject(edition, entry),
        "change": describe_change(edition, entry),
        "link": routing.console_url(f"objections/{objection.id}"),
    }
    key, recipient = f"objection:{objection.id}", objection_mailbox(live_site)
    mail = Mail("objection", key, recipient, routing.locale, context, reply_to=objection.email)
    outbox.put_mail(connection, mail, routing.sender)


def _mail_context(objection: Objection) -> dict[str, object]:
    return {"objection": objection, "subject": objection.subject, "change": objection.change_text}


def _digest(form: ObjectionInput, live_site: LiveSite) -> str:
    release = (live_site.name, live_site.release.number)
    content = (*release, form.engagement, form.email.lower(), form.name, form.company, form.reason)
    return sha256_hex(msgspec.json.encode(content).decode())
