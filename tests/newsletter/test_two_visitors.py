"""Lets two visitors and the owner of one mailbox do everything in any order, and checks whose address it stays."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select, update

from forecourt import clock
from forecourt.app import Application
from forecourt.db.tables import newsletter_requests, one_time_links, subscribers
from forecourt.mail.confirmation_mail_limits import MAILS_A_DAY
from tests.mailbox_machine import MailboxMachine, run_machine
from tests.newsletter.newsletter_steps import erase, find_link, find_mails
from tests.page import Page

pytestmark = [pytest.mark.anyio, pytest.mark.repetitive]
EXAMPLES, STEPS = 15, 30
VISITORS = st.sampled_from([0, 1])


@dataclass
class ModelVisitor:
    """Holds what one visitor did: `was_mailed` says that a link was mailed for their request within the hour."""

    page: Page
    has_consent: bool = False
    has_request: bool = False
    was_mailed: bool = False


@dataclass
class ModelLink:
    """Holds a mailed link that confirms, and whose request it is."""

    address: str
    visitor: ModelVisitor
    works: bool = True
    is_used: bool = False


@dataclass
class ModelSubscription:
    """Holds who carries the subscription, and the links that end it."""

    carrier: ModelVisitor
    leave_links: list[str] = field(default_factory=list)


class TwoVisitors(MailboxMachine):
    """Lets both ask for the newsletter, withdraw and erase, and the owner confirm and unsubscribe."""

    def __init__(self, application: Application, page: Page, loop: asyncio.AbstractEventLoop):
        super().__init__(application, page, loop)
        self.visitors = [ModelVisitor(Page(self.client)) for _ in range(2)]
        self.links: list[ModelLink] = []
        self.subscription: ModelSubscription | None = None
        self.dead_leave_links: list[str] = []
        self.mails_today = 0
        self.all_links: dict[str, dict[str, None]] = {"newsletter_confirmation": {}, "newsletter_welcome": {}}

    @rule(number=VISITORS)
    def ask(self, number: int) -> None:
        """Asks, and accepts the notice first where there is no consent, as the widget does."""
        visitor, mails_before = self.visitors[number], len(self.mailed_links("newsletter_confirmation"))
        if visitor.page.token and not visitor.has_consent:
            assert self.wait(visitor.page.post("newsletter", {"email": self.email})).status_code == 403
        if not visitor.has_consent:
            self.wait(visitor.page.accept())
            visitor.has_consent = True
        answer = self.wait(visitor.page.post("newsletter", {"email": self.email}))
        assert (answer.status_code, answer.json()) == (202, {"state": "asked"})
        is_mailed = not visitor.was_mailed and self.mails_today < MAILS_A_DAY
        new_links = self.mailed_links("newsletter_confirmation")[mails_before:]
        assert len(new_links) == is_mailed
        visitor.has_request, visitor.was_mailed = True, visitor.was_mailed or is_mailed
        self.mails_today += is_mailed
        self.links += [ModelLink(address, visitor) for address in new_links]

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def press_confirmation(self, data: st.DataObject) -> None:
        link = data.draw(st.sampled_from(self.links[::-1]))
        mails_before = len(self.mailed_links("newsletter_welcome"))
        works = link.works and (not link.is_used or self.subscription is not None)
        expected = 200 if works else 410
        assert self.wait(self.client.get(link.address)).status_code == expected
        assert self.wait(self.client.post(link.address)).status_code == expected
        welcomes = self.mailed_links("newsletter_welcome")[mails_before:]
        assert len(welcomes) == (works and not link.is_used)
        if welcomes:
            link.is_used = True
            self.subscription = self.subscription or ModelSubscription(link.visitor)
            self.subscription.carrier = link.visitor
            self.subscription.leave_links += welcomes

    @rule(number=VISITORS)
    def withdraw(self, number: int) -> None:
        visitor = self.visitors[number]
        if visitor.page.token is not None:
            assert self.wait(visitor.page.withdraw()).status_code == 200
            self.forget(visitor)

    @rule(number=VISITORS)
    def erase(self, number: int) -> None:
        visitor = self.visitors[number]
        if visitor.page.token is None:
            return
        answer = self.wait(erase(visitor.page))
        assert answer["erased"]["newsletter_requests"] == visitor.has_request
        assert answer["erased"]["mails"] == 0
        self.forget(visitor)
        self.visitors[number] = ModelVisitor(Page(self.client))

    @precondition(lambda self: self.subscription)
    @rule()
    def unsubscribe(self) -> None:
        assert self.subscription
        assert self.wait(self.client.post(self.subscription.leave_links[0])).status_code == 200
        self.end_subscription()

    @precondition(lambda self: self.dead_leave_links)
    @rule()
    def press_a_dead_link_to_leave(self) -> None:
        assert self.wait(self.client.post(self.dead_leave_links[-1])).status_code == 410

    @rule(days=st.sampled_from([1, 3]))
    def let_days_pass(self, days: int) -> None:
        """Forgets what a day limits, and lets the links that confirm expire after more than two."""
        requests = update(newsletter_requests).where(newsletter_requests.c.email == self.email)
        self.write(requests.values(confirmation_sent_at=clock.now() - timedelta(days=1)))
        self.forget_counted_mails()
        self.mails_today = 0
        for visitor in self.visitors:
            visitor.was_mailed = False
        if days > 2:
            of_mailbox = select(newsletter_requests.c.id).where(newsletter_requests.c.email == self.email)
            expire = update(one_time_links).where(one_time_links.c.subject.in_(of_mailbox))
            self.write(expire.values(expires_at=clock.now()))
            for link in self.links:
                link.works = False

    @invariant()
    def each_export_shows_ones_own_request_and_nothing_else(self) -> None:
        for visitor in self.visitors:
            if visitor.page.token is not None:
                export = self.export(visitor)
                assert [row["email"] for row in export["newsletter_requests"]] == [self.email] * visitor.has_request
                assert export["mails"] == []
                assert all(set(row) == {"email", "locale", "requested_at"} for row in export["newsletter_requests"])

    @invariant()
    def the_subscription_is_whose_link_was_confirmed_last(self) -> None:
        query = select(subscribers.c.visitor).where(subscribers.c.email == self.email)
        carriers = [row.visitor for row in self.read(query)]
        assert carriers == ([self.export(self.subscription.carrier)["visitor"]] if self.subscription else [])

    @invariant()
    def the_subscription_can_always_be_ended_from_the_mailbox(self) -> None:
        for link in self.subscription.leave_links if self.subscription else []:
            assert self.wait(self.client.get(link)).status_code == 200

    def forget(self, visitor: ModelVisitor) -> None:
        """Takes back all that rests on the visitor's consent. Their mails still count for the mailbox."""
        visitor.has_consent = visitor.has_request = visitor.was_mailed = False
        for link in self.links:
            link.works = link.works and link.visitor is not visitor
        if self.subscription and self.subscription.carrier is visitor:
            self.end_subscription()

    def end_subscription(self) -> None:
        assert self.subscription
        self.dead_leave_links += self.subscription.leave_links
        self.subscription = None

    def export(self, visitor: ModelVisitor) -> Any:
        return self.wait(visitor.page.get("me")).json()

    def mailed_links(self, kind: str) -> list[str]:
        """Returns the links of this kind's mails to the mailbox, also of those that an erasure deleted since."""
        mails = self.wait(find_mails(self.application, kind, self.email))
        self.all_links[kind] |= dict.fromkeys(find_link(mail) for mail in mails)
        return list(self.all_links[kind])


async def test_whatever_two_visitors_do_the_address_stays_its_owners(page: Page, application: Application) -> None:
    await run_machine(TwoVisitors, application, page, EXAMPLES, STEPS)
