"""Puts a fault of an input into one sentence of the reader's language."""

from datetime import date

from forecourt import i18n
from forecourt.errors import Fault

_ISOLATED = "\u2068{}\u2069"  # what somebody typed may have another direction (UAX #9)


def fault_sentence(fault: Fault, words: i18n.Words) -> str:
    """Returns what is wrong: where a character is refused, which one and where; for a long text, how much too long."""
    params = {name: _localize(value, words.locale) for name, value in fault.params.items()}
    match fault.params:
        case {"excess": int(excess)}:
            return words.plural("error.field.too_long", excess, limit=params["limit"])
        case {"days": int(days)} if fault.code == "too_early":
            return words.plural("error.field.too_early", days, day=params["day"])
        case {"limit": _} if fault.code == "too_long":  # a list
            return words("error.field.at_most", **params)
        case {"character": _, "before": ""}:
            return words("error.field.first_character", **params)
        case {"character": _, "before": before}:
            return words("error.field.character", **params | {"before": _ISOLATED.format(before)})
    return words(f"error.field.{fault.code}", **params)


def _localize(value: object, locale: str) -> object:
    if isinstance(value, date):
        return i18n.long_date(value, locale)
    return i18n.number(value, locale) if isinstance(value, int) else value
