"""Lets two visitors type one mailbox's address into every form that needs no newsletter, and its owner answer.

Whatever the order, only what the owner confirms follows, an objection stays whoever erases themselves, and a visitor's
export and erasure hold what that visitor wrote.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select, update

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.db.tables import conversations, follow_requests, followers, objections, one_time_links, outbox
from forecourt.followers.links import CONFIRMATION_LINK
from forecourt.mail.confirmation_mail_limits import MAILS_A_DAY
from forecourt.objections.model import ObjectionState
from forecourt.visitor import retention_worker
from tests.followers.follow_steps import find_link, find_manage_link
from tests.mailbox_machine import MailboxMachine, run_machine
from tests.newsletter.newsletter_steps import erase
from tests.objections.objection_steps import IN_FORCE, press_button, submit_objection
from tests.page import LETTER, Page

pytestmark = [pytest.mark.anyio, pytest.mark.repetitive]
EXAMPLES, STEPS = 12, 30
VISITORS = st.sampled_from([0, 1])


class Choices(NamedTuple):
    """Is what somebody asks to be told, and what a follower has."""

    locale: str
    region: str | None
    webhook: str = ""


ASKED = [Choices("en", "EU"), Choices("nb", "US", "https://evil.example/in"), Choices("nb", None)]


@dataclass
class ModelVisitor:
    page: Page
    has_consent: bool = False
    messages: int = 0


@dataclass
class ModelLink:
    """Holds a mailed link that confirms `choices`. One that is used leads to the follower."""

    address: str
    choices: Choices
    is_used: bool = False
    is_expired: bool = False


class ModelObjection(NamedTuple):
    """Holds an open objection's id, and the link in the receipt that the mailbox got."""

    id: str
    receipt: str


class TwoStrangers(MailboxMachine):
    """Models the follower by `choices` while the address follows, and by `has_left` until its row is deleted."""

    def __init__(self, application: Application, page: Page, loop: asyncio.AbstractEventLoop):
        super().__init__(application, page, loop)
        self.visitors = [ModelVisitor(Page(self.client)) for _ in range(2)]
        self.recently_mailed: set[Choices] = set()
        self.links: list[ModelLink] = []
        self.mails_today = 0
        self.choices: Choices | None = None
        self.has_left = False
        self.manage_links: list[str] = []
        self.open_objections: dict[str, ModelObjection] = {}
        self.all_links: dict[str, dict[str, None]] = {"follow_confirmation": {}, "objection_receipt": {}}

    @rule(choices=st.sampled_from(ASKED))
    def ask(self, choices: Choices) -> None:
        """Asks to follow, as anybody can. The answer is always the same."""
        body = {"email": self.email.title(), "locale": choices.locale, "webhook": choices.webhook}
        answer = self.wait(Page(self.client).post("follows", body | {"region": choices.region}))
        assert (answer.status_code, answer.content) == (202, b'{"state":"asked"}')
        is_mailed = choices not in self.recently_mailed and self.mails_today < MAILS_A_DAY
        new_links = self.mailed_links("follow_confirmation", "/confirm/")[len(self.links) :]
        assert len(new_links) == is_mailed
        if is_mailed:
            self.recently_mailed.add(choices)
            self.mails_today += 1
            self.links.append(ModelLink(new_links[0], choices))

    @precondition(lambda self: self.links)
    @rule(data=st.data(), with_webhook=st.booleans())
    def press_confirmation(self, data: st.DataObject, with_webhook: bool) -> None:
        link = data.draw(st.sampled_from(self.links[::-1]))
        works = not link.is_expired and (not link.is_used or self.choices is not None)
        address = link.address + ("" if with_webhook else "?webhook=none")
        opened, first, second = (self.wait(self.client.request(verb, address)) for verb in ("GET", "POST", "POST"))
        assert {answer.status_code for answer in (opened, first, second)} == {200 if works else 410}
        if works and not link.is_used:
            self.assert_shows(opened.text, link.choices)
            self.follow(link, link.choices if with_webhook else link.choices._replace(webhook=""))
        if works:
            self.manage_links += [find_manage_link(first), find_manage_link(second)]

    @precondition(lambda self: self.manage_links)
    @rule(data=st.data())
    def change_preferences(self, data: st.DataObject) -> None:
        link = data.draw(st.sampled_from(self.manage_links))
        answer = self.wait(self.client.post(link, data={"locale": "en", "region": "UK"}))
        assert answer.status_code == (303 if self.choices else 200)
        if self.choices:
            self.choices = Choices("en", "UK", self.choices.webhook)

    @precondition(lambda self: self.manage_links)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        link = data.draw(st.sampled_from(self.manage_links))
        assert self.wait(self.client.post(link, data={"leave": "1"})).status_code == 200
        self.choices, self.has_left = None, True

    @rule(days=st.sampled_from([1, 3, 31]))
    def let_days_pass(self, days: int) -> None:
        self.forget_counted_mails()
        self.mails_today = 0
        self.recently_mailed.clear()
        of_mailbox = follow_requests.c.email == self.email
        self.write(update(follow_requests).where(of_mailbox).values(confirmation_sent_at=clock.now() - timedelta(1)))
        if days > 2:
            self.expire_confirmations()
        if days > 30:
            self.delete_what_is_old(days)

    @rule(number=VISITORS)
    def write_to_the_site(self, number: int) -> None:
        visitor = self.visitors[number]
        if not visitor.has_consent:
            self.wait(visitor.page.accept())
            visitor.has_consent = True
        assert self.wait(visitor.page.post("contact", LETTER | {"email": self.email})).status_code == 201
        visitor.messages += 1

    @rule(number=VISITORS)
    def withdraw(self, number: int) -> None:
        visitor = self.visitors[number]
        if visitor.page.token is not None:
            assert self.wait(visitor.page.withdraw()).status_code == 200
            visitor.has_consent = False

    @rule(number=VISITORS)
    def export_and_erase(self, number: int) -> None:
        """Exports and erases what this visitor wrote, and nothing that belongs to the address."""
        visitor = self.visitors[number]
        if visitor.page.token is not None:
            export = self.wait(visitor.page.get("me")).json()
            assert len(export["contact"]) == visitor.messages
            assert {mail["kind"] for mail in export["mails"]} <= {"contact_message"}
            answer = self.wait(erase(visitor.page))
            assert answer["erased"]["contact_messages"] == visitor.messages
            self.visitors[number] = ModelVisitor(Page(self.client))

    @rule(number=VISITORS, reason=st.sampled_from(["Too far", "Too near"]))
    def send_objection(self, number: int, reason: str) -> None:
        """Objects, with or without a token. Who sends the same words again is told the same, and nobody is mailed."""
        page, links_before = self.visitors[number].page, self.mailed_links("objection_receipt", "/receipt/")
        answer = self.wait(submit_objection(page, engagement=IN_FORCE, email=self.email, reason=reason))
        assert answer.status_code == 201
        new_links = self.mailed_links("objection_receipt", "/receipt/")[len(links_before) :]
        assert len(new_links) == (reason not in self.open_objections)
        if new_links:
            self.open_objections[reason] = ModelObjection(answer.json()["id"], new_links[0])
        assert answer.json()["id"] == self.open_objections[reason].id

    @precondition(lambda self: self.open_objections)
    @rule(data=st.data())
    def withdraw_objection(self, data: st.DataObject) -> None:
        """Withdraws it from the mailbox, by the page that the receipt's button opens."""
        reason = data.draw(st.sampled_from(sorted(self.open_objections)))
        page = Page(self.client)
        opened = self.wait(press_button(page, self.open_objections.pop(reason).receipt))
        assert self.wait(press_button(page, opened.headers["location"])).status_code == 303

    @invariant()
    def the_follower_is_what_the_owner_confirmed_last(self) -> None:
        columns = (followers.c.state, followers.c.locale, followers.c.region, followers.c.webhook)
        rows = [tuple(row) for row in self.read(select(*columns).where(followers.c.email == self.email))]
        if self.choices:
            assert rows == [("confirmed", *self.choices)]
        else:
            assert [row[0] for row in rows] == ["left"] * self.has_left

    @invariant()
    def what_was_written_stays_until_its_writer_takes_it_back(self) -> None:
        messages = self.read(select(conversations.c.id).where(conversations.c.email == self.email))
        assert len(messages) == sum(visitor.messages for visitor in self.visitors)
        is_open = objections.c.state == ObjectionState.OPEN
        open_objections = self.read(select(objections.c.id).where(objections.c.email == self.email, is_open))
        assert {row.id for row in open_objections} == {objection.id for objection in self.open_objections.values()}

    def follow(self, confirmed: ModelLink, choices: Choices) -> None:
        self.choices, self.has_left = choices, False
        self.recently_mailed.discard(confirmed.choices)
        for link in self.links:
            link.is_used = link.is_used or link.choices == confirmed.choices

    def assert_shows(self, html: str, choices: Choices) -> None:
        """Checks that the page says what it would confirm, and that it would replace something where it would."""
        assert (choices.webhook in html) if choices.webhook else ("evil" not in html)
        replaces_choices = self.choices is not None and self.choices != choices
        assert (i18n.words(choices.locale)("page.follow.confirm.other_preferences") in html) == replaces_choices

    def expire_confirmations(self) -> None:
        of_mailbox = select(follow_requests.c.id).where(follow_requests.c.email == self.email)
        of_follower = select(followers.c.id).where(followers.c.email == self.email)
        subject, is_confirmation = one_time_links.c.subject, one_time_links.c.purpose == CONFIRMATION_LINK
        expire = update(one_time_links).where(is_confirmation, subject.in_(of_mailbox) | subject.in_(of_follower))
        self.write(expire.values(expires_at=clock.now()))
        for link in self.links:
            link.is_expired = True

    def delete_what_is_old(self, days: int) -> None:
        later, settings = clock.now() + timedelta(days=days), self.application.settings
        round_of_retention = retention_worker.run_round(
            self.application.database, settings.sites, settings.retention, lambda: later
        )
        self.wait(round_of_retention)
        if self.has_left:
            for link in self.manage_links:
                assert self.wait(self.client.post(link, data={"leave": "1"})).status_code == 410
            self.has_left, self.manage_links = False, []

    def mailed_links(self, kind: str, part: str) -> list[str]:
        """Returns the links of this kind's mails to the mailbox, also of those that retention deleted since."""
        query = outbox.select().where(outbox.c.kind == kind, outbox.c.recipient == self.email)
        rows = self.read(query.order_by(outbox.c.created_at, outbox.c.id))
        self.all_links[kind] |= dict.fromkeys(find_link(row, part) for row in rows)
        return list(self.all_links[kind])


@pytest.mark.usefixtures("answered_challenges")
async def test_whatever_two_strangers_do_the_address_stays_its_owners(page: Page, application: Application) -> None:
    await run_machine(TwoStrangers, application, page, EXAMPLES, STEPS)
