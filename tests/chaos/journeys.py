"""Describes the main journeys, each of which can be tried again under the same keys until all of it is done."""

import itertools
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import Connection, select

from forecourt import clock, i18n
from forecourt.db.tables import (
    change_notices,
    consent_details,
    consents,
    conversation_events,
    conversations,
    followers,
    log_leaves,
    newsletter_requests,
    outbox,
    releases,
    subscribers,
    visitors,
)
from forecourt.digest import sha256_hex
from forecourt.errors import Unavailable
from forecourt.followers import change_notice_worker, store
from forecourt.followers.actions import outbox_keys
from forecourt.followers.model import FollowerState
from forecourt.mail import mail_folder
from forecourt.mail import outbox as mails
from forecourt.mail.model import Channel, Mail, OutboxState, Sender, WebhookCall
from forecourt.mail.webhook_signature import new_webhook_secret
from tests.chaos.stage import Stage
from tests.console.policy.forms import BASE, fields_of, save_form
from tests.followers.follow_steps import find_link
from tests.mail.deliveries import deliver_due
from tests.page import EVERYTHING, LETTER, Page

_numbers = itertools.count()
_COUNTRIES = itertools.cycle(("FR", "SE", "FI", "DK"))
_SORRY = i18n.words("en")("error.unavailable")


class Journey(ABC):
    """Holds one visitor's journey. `facts` names what must be there exactly once when all of it is done.

    `acknowledged` are the facts that somebody was already told of.
    """

    def __init__(self, stage: Stage):
        self.stage, self.page = stage, Page(stage.client)
        self.key = f"journey-{next(_numbers)}"
        self.email = f"{self.key}@{self.key}.example"
        self.acknowledged: set[str] = set()

    async def prepare(self) -> None:  # noqa: B027 - most journeys have nothing to prepare, or nothing to finish
        """Does what comes before the journey, without faults."""

    @abstractmethod
    async def attempt(self) -> bool:
        """Takes the steps up to the first that is refused. Returns whether all were done."""

    @abstractmethod
    async def facts(self) -> Counter[str]: ...

    async def finish(self) -> None:  # noqa: B027 - see above
        """Checks what must be so at the end, once the work beside requests has had its turn."""

    def accept(self, response: httpx.Response, *facts: str) -> bool:
        """Checks that a refusal is one that a client and a person understand. Returns whether it was none."""
        if response.is_success or response.is_redirect:
            self.acknowledged.update(facts)
            return True
        assert response.status_code == 503, f"{response.status_code} {response.request.url} {response.text[-500:]}"
        assert response.headers["retry-after"]
        if response.headers["content-type"] == "application/problem+json":
            problem = response.json()
            assert problem["code"] == "unavailable"
            assert problem["detail"] == _SORRY
        else:
            assert _SORRY in response.text, response.text
        return False

    async def run_worker(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Does work that the server does beside requests. `Unavailable` is what it goes on after."""
        try:
            return await work() is not False
        except Unavailable:
            return False

    async def accept_all(self) -> None:
        """Chooses everything and keeps the token."""
        boot = await self.page.boot(locale="en")
        self.notice_hash = boot["consent"]["notice_hash"]
        assert await self.choose()

    async def choose(self) -> bool:
        body = {"purposes": EVERYTHING, "privacy_policy": True, "notice_hash": self.notice_hash, "locale": "en"}
        body |= {"source": "banner", "gesture": "trusted", "key": self.key}
        response = await self.page.post("consents", body)
        if self.accept(response, "consent", "details", "visitor"):
            self.page.token = response.json()["token"]
        return response.is_success

    async def count(self, **queries: Any) -> Counter[str]:
        """Returns how many rows each query finds, by its name."""
        return Counter({name: await self.stage.count(query) for name, query in queries.items()})

    async def visitor(self) -> str:
        rows = await self.stage.read(select(consents.c.visitor).where(consents.c.idempotency_key == self.key_hash))
        return str(rows[0].visitor)

    @property
    def key_hash(self) -> str:
        return sha256_hex(self.key)


class Choose(Journey):
    async def prepare(self) -> None:
        self.notice_hash = (await self.page.boot(locale="en"))["consent"]["notice_hash"]

    async def attempt(self) -> bool:
        return await self.choose() and self.accept(await self.page.get("consents/current"))

    async def facts(self) -> Counter[str]:
        records = select(consents.c.id).where(consents.c.idempotency_key == self.key_hash)
        identities = select(consents.c.visitor).where(consents.c.idempotency_key == self.key_hash)
        return await self.count(
            consent=records,
            details=select(consent_details.c.consent).where(consent_details.c.consent.in_(records)),
            visitor=select(visitors.c.id).where(visitors.c.id.in_(identities)),
        )


class Contact(Journey):
    prepare = Journey.accept_all

    async def attempt(self) -> bool:
        body = LETTER | {"message": self.key, "key": self.key}
        return self.accept(await self.page.post("contact", body), "message", "mail")

    async def facts(self) -> Counter[str]:
        visitor = await self.visitor()
        return await self.count(
            message=select(conversation_events.c.seq).where(conversation_events.c.body == self.key),
            mail=select(outbox.c.id).where(outbox.c.visitor == visitor, outbox.c.kind == "contact_message"),
        )


class Chat(Journey):
    prepare = Journey.accept_all

    async def attempt(self) -> bool:
        response = await self.page.post("conversations", {})
        if not self.accept(response, "conversation"):
            return False
        path = f"conversations/{response.json()['id']}"
        message = await self.page.post(f"{path}/messages", {"key": self.key, "body": self.key})
        return self.accept(message, "message") and self.accept(await self.page.get(path))

    async def facts(self) -> Counter[str]:
        visitor = await self.visitor()
        return await self.count(
            conversation=select(conversations.c.id).where(conversations.c.visitor == visitor),
            message=select(conversation_events.c.seq).where(conversation_events.c.body == self.key),
        )


class Confirm(Journey):
    """Asks for the newsletter, and confirms by the link that comes by mail."""

    prepare = Journey.accept_all

    async def attempt(self) -> bool:
        if not self.accept(await self.page.post("newsletter", {"email": self.email}), "request"):
            return False
        with self.stage.injector.pause():
            requests = await self.stage.read(self._query("newsletter_confirmation").order_by(outbox.c.created_at))
        link = find_link(requests[-1], "/confirm/")
        opened = await self.page.client.get(link)
        return self.accept(opened) and self.accept(await self.page.client.post(link), "subscriber", "welcome")

    async def facts(self) -> Counter[str]:
        return await self.count(
            request=select(newsletter_requests.c.id).where(newsletter_requests.c.email == self.email),
            subscriber=select(subscribers.c.id).where(subscribers.c.email == self.email),
            welcome=self._query("newsletter_welcome"),
        )

    def _query(self, kind: str) -> Any:
        return select(outbox).where(outbox.c.recipient == self.email, outbox.c.kind == kind)


class Follow(Journey):
    """Confirms that somebody follows the policy, whose webhook has to answer a challenge first."""

    async def prepare(self) -> None:
        body = {"email": self.email, "webhook": self.stage.webhook.url}
        assert (await self.page.post("follows", body)).status_code == 202
        query = select(outbox).where(outbox.c.recipient == self.email)
        self.link = find_link((await self.stage.read(query))[-1], "/confirm/")

    async def attempt(self) -> bool:
        response = await self.page.client.post(self.link)
        if response.status_code == 422:
            assert i18n.words("en")("page.follow.webhook_unanswered.title") in response.text
            return False
        return self.accept(response, "follower")

    async def facts(self) -> Counter[str]:
        query = select(followers.c.id).where(
            followers.c.email == self.email, followers.c.state == FollowerState.CONFIRMED
        )
        return await self.count(follower=query)


class Erase(Journey):
    """Erases somebody who has used everything, and whose mails were written into the folder."""

    async def prepare(self) -> None:
        await self.accept_all()
        assert (await self.page.post("contact", LETTER)).status_code == 201
        assert (await self.page.post("newsletter", {"email": self.email})).status_code == 202
        conversation = await self.page.converse()
        body = {"key": self.key, "body": self.key}
        assert (await self.page.post(f"conversations/{conversation}/messages", body)).status_code == 201
        await deliver_due(self.stage.database, self.stage.folder_transport)
        self.identity = await self.visitor()
        self.mails = {
            row.id for row in await self.stage.read(select(outbox.c.id).where(outbox.c.visitor == self.identity))
        }
        assert self._files()

    async def attempt(self) -> bool:
        content, headers = {"confirm": True}, self.page.headers()
        response = await self.page.client.request("DELETE", "/v1/sites/main/me", json=content, headers=headers)
        return self.accept(response, "record", "erasure")

    async def facts(self) -> Counter[str]:
        tables = (conversations, newsletter_requests, outbox)
        rows = [await self.stage.count(select(table.c.id).where(table.c.visitor == self.identity)) for table in tables]
        query = select(consents.c.id).where(consents.c.visitor == self.identity, consents.c.action == "erase")
        return await self.count(record=query) + Counter({"erasure": int(not any(rows))})

    async def finish(self) -> None:
        """Does what retention does in its next round, after which no file of the visitor may be left."""
        folder = self.stage.application.settings.data / "mails"
        await mail_folder.delete_forgotten(self.stage.database, folder)
        assert not self._files()

    def _files(self) -> list[str]:
        folder = self.stage.application.settings.data / "mails"
        return [path.name for path in folder.glob("*.*") if path.stem in self.mails]


class Publish(Journey):
    """Publishes a change in the console, makes it live, and plans the notice of a follower."""

    async def prepare(self) -> None:
        self.browser = await self.stage.sign_in()
        await self.stage.database.write(lambda c: c.execute(followers.delete()) and None)  # who would be notified too
        follow = Follow(self.stage)
        await follow.prepare()
        assert await follow.attempt()
        self.follower = (await self.stage.read(select(followers.c.id).where(followers.c.email == follow.email)))[0].id
        country = next(_COUNTRIES)
        first_day = (clock.now().date() + timedelta(days=30)).isoformat()
        await save_form(self.browser, "engagements/linode-eu", locations__0__country=country, effective=first_day)
        self.number = 1 + await self.stage.count(select(releases.c.number).where(releases.c.site == "main"))

    async def attempt(self) -> bool:
        question = await self.browser.get(BASE + "publish")
        if not self.accept(question):
            return False
        if question.status_code == 200:  # otherwise it was published, and the answer was lost
            response = await self.browser.post(BASE + "publish", fields_of(question.text))
            if not self.accept(response, "release"):
                return False
        return await self.run_worker(self.stage.application.site_loader.refresh) and await self.run_worker(self._plan)

    async def facts(self) -> Counter[str]:
        notices = select(change_notices.c.id).where(
            change_notices.c.follower == self.follower, change_notices.c.release == self.number
        )
        keys = [key for row in await self.stage.read(notices) for key in outbox_keys(row.id)]
        return await self.count(
            release=select(releases.c.number).where(releases.c.site == "main", releases.c.number >= self.number),
            notice=notices,
            mail=select(outbox.c.id).where(outbox.c.idempotency_key.in_(keys), outbox.c.channel == Channel.MAIL),
            call=select(outbox.c.id).where(outbox.c.idempotency_key.in_(keys), outbox.c.channel == Channel.WEBHOOK),
        )

    async def finish(self) -> None:
        assert self.stage.application.context.live_sites.get("main").edition.release.number == self.number

    async def _plan(self) -> bool:
        await change_notice_worker.plan_pending(self.stage.application.context)
        with self.stage.injector.pause():
            return not await self.stage.database.read(store.find_pending_announcements)


class Deliver(Journey):
    """Sends a mail by the relay, and a call to a webhook."""

    async def prepare(self) -> None:
        call = WebhookCall("policy.changed", f"call:{self.key}", self.stage.webhook.url, new_webhook_secret(), b"{}")
        context: dict[str, object] = {"link": "https://example.com/1", "site": "main", "email": "s@example.com"}
        mail = Mail("newsletter_confirmation", f"mail:{self.key}", self.email, "en", context)

        def put(connection: Connection) -> None:
            connection.execute(outbox.delete())
            mails.put_mail(connection, mail, Sender("Example AS", "forecourt@example.com"), True)
            mails.put_webhook_call(connection, call)

        await self.stage.database.write(put)

    async def attempt(self) -> bool:
        with self.stage.injector.pause():
            values = {"next_attempt_at": clock.now(), "leased_until": None}
            await self.stage.database.write(lambda c: c.execute(outbox.update().values(values)) and None)
        return await self.run_worker(self._deliver)

    async def facts(self) -> Counter[str]:
        items = await self.stage.read(select(outbox.c.id, outbox.c.channel).where(outbox.c.state == OutboxState.SENT))
        facts = Counter({f"{channel} recorded": 1 for _, channel in items})
        for identifier, channel in await self.stage.read(select(outbox.c.id, outbox.c.channel)):
            facts[f"{channel} received"] = self.stage.webhook.calls[identifier] + sum(
                number for name, number in self.stage.relay.messages.items() if identifier in name
            )
        return facts

    async def _deliver(self) -> bool:
        await deliver_due(self.stage.database, self.stage.relay_transport)
        with self.stage.injector.pause():
            return not await self.stage.count(select(outbox.c.id).where(outbox.c.state == OutboxState.QUEUED))


class Seal(Journey):
    prepare = Journey.accept_all

    async def attempt(self) -> bool:
        return await self.run_worker(self.stage.seal)

    async def facts(self) -> Counter[str]:
        records = select(consents.c.id).where(consents.c.idempotency_key == self.key_hash)
        return await self.count(leaf=select(log_leaves.c.position).where(log_leaves.c.record.in_(records)))


JOURNEYS: tuple[type[Journey], ...] = (Choose, Contact, Chat, Confirm, Follow, Erase, Publish, Deliver, Seal)
