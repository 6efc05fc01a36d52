"""Checks that no contact is one person's mailbox, which nobody reads once that person has left."""

import re
from collections.abc import Iterator

from forecourt.policy.check.finding import FACTS_FILE, Finding, remedy, words_file
from forecourt.policy.check.texts import PlainTexts
from forecourt.policy.model import Policy

PERSONAL = "personal-mailbox"
_ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63})+)")
_FREE_MAIL_DOMAINS = (
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com gmx.com gmx.de"
    " web.de proton.me protonmail.com yandex.ru mail.ru qq.com 163.com seznam.cz centrum.sk azet.sk wp.pl onet.pl"
)
# Parts of the word before the @ by which a mailbox is known to be read by several people.
_SHARED_PARTS = re.compile(
    "abuse|account|admin|anfrage|assist|billing|biuro|compliance|contact|customer|data|datenschutz|desk|dpa|dpo|enquir"
    "|finance|gdpr|hallo|hei|hello|help|hilfe|hola|hostmaster|info|inquir|integritet|jurid|klient|kontakt|kund|legal|lgpd"
    "|mail|notice|objection|office|ombud|operations|partner|personvern|personuppgift|podpora|policy|post|priva|protec"
    "|rgpd|rodo|sales|salg|secur|service|sikkerhet|soporte|subprocess|support|team|tietosuoja|trust|vendor|webmaster"
    "|^(?:it|ops|hq)$"
)


def find_personal_mailboxes(policy: Policy, texts: PlainTexts) -> Iterator[Finding]:
    for key, address in _find_contacts(policy):
        if is_personal(address):
            yield Finding(FACTS_FILE, key, remedy("personal_mailbox", address=address), PERSONAL)
    for language, words in policy.words.items():
        for key, text in words.items():
            for match in _ADDRESS.finditer(text) if "@" in text else ():
                if is_personal(match[0]):
                    yield Finding(words_file(language), key, remedy("personal_mailbox", address=match[0]), PERSONAL)


def is_personal(address: str) -> bool:
    local, _, domain = address.casefold().partition("@")
    if not domain:
        return False  # it is no mailbox at all
    if domain in _FREE_MAIL_DOMAINS.split():
        return True
    company = domain.rpartition(".")[0]  # acme@acme.example is the company's
    parts = [part for part in re.split(r"[._+-]", local) if part]
    return not any(_SHARED_PARTS.search(part) or part in company.split(".") for part in parts)


def _find_contacts(policy: Policy) -> Iterator[tuple[str, str]]:
    processor = policy.facts.processor
    yield "processor.contact", processor.contact
    yield "processor.objections", processor.objections or processor.contact
    for entity in policy.facts.entities:
        yield f"entities.{entity.id}.contact", entity.contact
