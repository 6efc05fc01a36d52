"""Decides in which of several languages a request is answered."""

from functools import lru_cache

from starlette.requests import Request

# RFC 4647 look-up walks from the range to its parents; these are the steps it cannot know.
_ALIASES = {"no": "nb", "nn": "nb", "tl": "fil", "pt": "pt-BR", "zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-SG": "zh-Hans"}


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
    """Returns the language of `locales` nearest to `tag`, or None; never a different language.

    Follows RFC 4647, section 3.4, for one range, with the table of aliases.
    """
    return _match_language(tag[:40], locales)  # cut, since the answer is cached by it


@lru_cache(maxsize=1024)
def _match_language(tag: str, locales: tuple[str, ...]) -> str | None:
    by_lower = {locale.lower(): locale for locale in locales}
    parts = tag.strip().replace("_", "-").split("-")[:4]
    for end in range(len(parts), 0, -1):
        parent = "-".join(parts[:end])
        alias = next((to for alias, to in _ALIASES.items() if alias.lower() == parent.lower()), parent)
        if match := by_lower.get(parent.lower()) or by_lower.get(alias.lower()):
            return match
    return None


def match_accept_language(accept_language: str, locales: tuple[str, ...]) -> str | None:
    """Returns the best language of `locales` of an Accept-Language header (RFC 9110, section 12.5.4), or None.

    Only the header's first 20 ranges count.
    """
    return _match_accept_language(accept_language[:500], locales)  # cut, since the answer is cached by it


@lru_cache(maxsize=1024)
def _match_accept_language(accept_language: str, locales: tuple[str, ...]) -> str | None:
    ranges = []
    for position, part in enumerate(accept_language.split(",")[:20]):
        tag, _, weight = part.partition(";q=")
        try:
            ranges.append((-float(weight or 1), position, tag))
        except ValueError:
            continue
    matches = (match_language(tag, locales) for weight, _, tag in sorted(ranges) if weight < 0)
    return next(filter(None, matches), None)
