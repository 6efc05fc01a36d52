"""What became other than it was agreed to, in the visitor's words: `Now also: Twilio, Inc., United States: call data`.

Two notices are compared: the one that was answered and the one that stands. Both hold the facts, free of language.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from forecourt import i18n
from forecourt.consent.offer import ConsentOffer
from forecourt.consent_change import ConsentChange

Recipient = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NoticeComparison:
    """Contents of notices: `agreed` to; `standing` in the language it was agreed to in; `told` in the reader's."""

    agreed: Mapping[str, Any]
    standing: Mapping[str, Any]
    told: Mapping[str, Any]

    def said(self, kind: str, **values: object) -> tuple[str, str]:
        return kind, i18n.words(self.told["locale"])(f"consent.change.{kind}", **values)

    def agreed_hash(self, term: str) -> str | None:
        """What was agreed to of a term, by hash."""
        bound: str | None = self.agreed.get("terms", {}).get(term)
        return bound

    def has_same_term(self, term: str) -> bool:
        then, now = self.agreed_hash(term), self.standing.get("terms", {}).get(term)
        return then is not None and then == now

    def countries(self, recipient: Recipient) -> str:
        locale = self.told["locale"]
        return i18n.format_list([i18n.country(code, locale) for code in recipient["countries"]], locale)

    def data(self, keys: Sequence[str]) -> str:
        return i18n.format_list([self.told["data"][key] for key in keys], self.told["locale"])


def compare(offer: ConsentOffer, content: str, locale: str | None) -> NoticeComparison:
    """`content`: of the notice that was agreed to, empty where nobody knows it; `locale`: its own where None."""
    agreed = _read(content) if content else {"facts": {}}
    spoken = agreed.get("locale", "")
    told = offer.notices.get(locale or spoken) or next(iter(offer.notices.values()))
    standing = offer.notices.get(spoken, told)
    return NoticeComparison(agreed, _read(standing.content), _read(told.content))


@lru_cache(maxsize=64)
def _read(content: str) -> Mapping[str, Any]:
    """Many visitors answered the same few notices."""
    read: Mapping[str, Any] = msgspec.json.decode(content)
    return read


def describe(
    found: NoticeComparison, terms: Mapping[str, Sequence[str]], lapsed: Sequence[str] = ()
) -> list[ConsentChange]:
    """Returns what changed about `terms` that no longer hold, which are as in `ConsentOffer.purposes_by_term`.

    Where nothing with a name differs, the text does.
    """
    made: list[ConsentChange] = []
    for term, purposes in terms.items():
        feature = "" if term.startswith("purpose.") else term
        over = [found.said("lapsed")] if set(lapsed) & set(purposes) else []
        told = [*over, *_of_recipients(found, term), *_of_the_frame(found)] or [found.said("words")]
        made += [ConsentChange(feature, tuple(purposes), kind, text) for kind, text in dict.fromkeys(told)]
    return made


def _of_recipients(found: NoticeComparison, term: str) -> Iterator[tuple[str, str]]:
    if term not in found.agreed["facts"]:
        return
    then, now = ({each["id"]: each for each in side["facts"].get(term, ())} for side in (found.agreed, found.told))
    for name in sorted(now.keys() - then.keys()):
        yield _added(found, now[name])
    for name in sorted(then.keys() - now.keys()):
        yield found.said("removed", who=then[name]["entity"])
    for name in sorted(then.keys() & now.keys()):
        yield from (tell(found, then[name], now[name]) for differs, tell in _ASPECTS if differs(then[name], now[name]))


def _added(found: NoticeComparison, recipient: Recipient) -> tuple[str, str]:
    data, countries = found.data(recipient["data"]), found.countries(recipient)
    return found.said("added", who=recipient["entity"], countries=countries, data=data)


def _replaced(found: NoticeComparison, then: Recipient, now: Recipient) -> tuple[str, str]:
    return found.said("replaced", who=now["entity"], countries=found.countries(now), before=then["entity"])


def _moved(found: NoticeComparison, then: Recipient, now: Recipient) -> tuple[str, str]:
    countries, before = found.countries(now), found.countries(then)
    return found.said("moved", who=now["entity"], countries=countries, before=before)


def _widened(found: NoticeComparison, then: Recipient, now: Recipient) -> tuple[str, str]:
    gained = sorted(set(now["data"]) - set(then["data"]))
    return found.said("widened", who=now["entity"], data=found.data(gained))


def _narrowed(found: NoticeComparison, _: Recipient, now: Recipient) -> tuple[str, str]:
    return found.said("narrowed", who=now["entity"])


def _repurposed(found: NoticeComparison, _: Recipient, now: Recipient) -> tuple[str, str]:
    return found.said("repurposed", who=now["entity"])


def _mechanism(found: NoticeComparison, _: Recipient, now: Recipient) -> tuple[str, str]:
    name = i18n.words(found.told["locale"])(f"policy.mechanism.{now['mechanism']}")
    return found.said("mechanism", who=now["entity"], mechanism=name)


Differs = Callable[[Recipient, Recipient], bool]
Tell = Callable[[NoticeComparison, Recipient, Recipient], tuple[str, str]]
_ASPECTS: tuple[tuple[Differs, Tell], ...] = (
    (lambda then, now: then["entity"] != now["entity"], _replaced),
    (lambda then, now: then["entity"] == now["entity"] and then["countries"] != now["countries"], _moved),
    (lambda then, now: not set(now["data"]) <= set(then["data"]), _widened),
    (lambda then, now: set(now["data"]) < set(then["data"]), _narrowed),
    (lambda then, now: then["purpose"] != now["purpose"], _repurposed),
    (lambda then, now: then["mechanism"] != now["mechanism"], _mechanism),
)


def _of_the_frame(found: NoticeComparison) -> Iterator[tuple[str, str]]:
    then, now = found.agreed, found.standing
    if "controller" in then and then["controller"] != now["controller"]:
        yield found.said("controller", controller=now["controller"], before=then["controller"])
    if "privacy_policy" in then and then["privacy_policy"]["version"] != now["privacy_policy"]["version"]:
        yield found.said("privacy", version=now["privacy_policy"]["version"])
