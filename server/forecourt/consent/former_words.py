"""Holds words that were changed without a change of what they say.

What a visitor agrees to stays bound to the former words, so that an update asks nobody again.
"""

_FORMER_TEXTS = {
    "Agree below to open the form.": "The contact form opens once you agree to what it needs.",
    "Agree below to open the chat.": "The chat opens once you agree to what it needs.",
    "Agree below to subscribe.": "You can subscribe once you agree to what the newsletter needs.",
    "Godta under for å åpne skjemaet.": "Kontaktskjemaet åpnes når du godtar det skjemaet trenger.",
    "Godta under for å åpne chatten.": "Chatten åpnes når du godtar det den trenger.",
    "Godta under for å abonnere.": "Du kan abonnere når du godtar det nyhetsbrevet trenger.",
}
_FORMER_LIFETIMES = {"en": "Kept for {days} days.", "nb": "Lagres i {days} dager."}


def former_text(text: str | None) -> str | None:
    """Returns what `text` was before it was reworded, or `text` itself."""
    return _FORMER_TEXTS.get(text, text) if text else text


def former_lifetime(text: str, days: int, locale: str) -> str:
    """Returns what a purpose's lifetime was before it was reworded, or `text` in a language that came later."""
    return _FORMER_LIFETIMES.get(locale, text).replace("{days}", str(days))
