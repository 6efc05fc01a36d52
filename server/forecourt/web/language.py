"""Decides in which of several languages a request is answered."""

from functools import lru_cache

from babel.core import get_global
from starlette.requests import Request

from forecourt.web.weighted_values import parse_weighted_values

# RFC 4647 look-up walks from the range to its parents; these are the steps it cannot know.
_ALIASES = {"no": "nb", "nn": "nb", "tl": "fil", "pt": "pt-BR", "zh": "zh-Hans"}


def negotiate_language(request: Request, locales: tuple[str, ...], default: str, preference: str | None = None) -> str:
    """Returns the language of `locales` nearest to `preference`, else the best one of Accept-Language, else `default`.

    `preference` is a language tag the reader chose, such as a field of a form. It may be empty.
    """
    accepted = request.headers.get("accept-language", "")
    return (
        (match_language(preference, locales) if preference else None)
        or match_accept_language(accepted, locales)
        or default
    )


def negotiate_query_language(request: Request, locales: tuple[str, ...], default: str) -> str:
    """Returns the language of `locales` nearest to `?locale=`, else `default`.

    Leaves Accept-Language out, since the response is cached by its address alone.
    """
    return match_language(request.query_params.get("locale", ""), locales) or default


def match_language(tag: str, locales: tuple[str, ...]) -> str | None:
    """Returns the language of `locales` nearest to `tag`, or None; never another language, nor another script.

    Follows RFC 4647, section 3.4, for one range, with the table of aliases.
    """
    return _match_language(tag[:40], locales)  # cut, since the answer is cached by it


@lru_cache(maxsize=1024)
def _match_language(tag: str, locales: tuple[str, ...]) -> str | None:
    by_lower = {locale.lower(): locale for locale in locales}
    parts = tag.strip().replace("_", "-").split("-")[:4]
    parents = ["-".join(parts[:end]) for end in range(len(parts), 0, -1)]
    # `zh-Hant` is nearer to `zh-TW` than `zh` is.
    parents.insert(-1, f"{parts[0]}-{_script(parts)}")
    for parent in parents:
        alias = next((to for alias, to in _ALIASES.items() if alias.lower() == parent.lower()), parent)
        match = by_lower.get(parent.lower()) or by_lower.get(alias.lower())
        if match:
            return match if _script(parts) in ("", _script(match.split("-"))) else None
    return None


def _script(parts: list[str]) -> str:
    """Returns the script that a tag names or implies, as `zh-TW` does `Hant`, by CLDR's likely subtags; else ""."""
    explicit = next((part.title() for part in parts[1:] if len(part) == 4 and part.isalpha()), "")
    likely, language = get_global("likely_subtags"), parts[0].lower()
    candidates = (likely.get(f"{language}_{part.upper()}", "") for part in parts[1:])
    subtags = next(filter(None, candidates), likely.get(language, "")).split("_")
    return explicit or (subtags[1] if len(subtags) > 2 else "")


def match_accept_language(accept_language: str, locales: tuple[str, ...]) -> str | None:
    """Returns the best language of `locales` of an Accept-Language header (RFC 9110, section 12.5.4), or None.

    Only the header's first 20 ranges count.
    """
    return _match_accept_language(accept_language[:500], locales)  # cut, since the answer is cached by it


@lru_cache(maxsize=1024)
def _match_accept_language(accept_language: str, locales: tuple[str, ...]) -> str | None:
    matches = (match_language(tag, locales) for tag in parse_weighted_values(accept_language))
    return next(filter(None, matches), None)
