"""Decides in which of several languages a request is answered."""

from starlette.requests import Request

from forecourt import i18n


def negotiate_language(request: Request, locales: tuple[str, ...], default: str, preference: str | None = None) -> str:
    """Returns the language of `locales` nearest to `preference`, else the best one of Accept-Language, else `default`.

    `preference` is a language tag the reader chose, such as a field of a form. It may be empty.
    """
    accepted = request.headers.get("accept-language", "")
    return (
        (i18n.match_language(preference, locales) if preference else None)
        or i18n.match_accept_language(accepted, locales)
        or default
    )


def negotiate_query_language(request: Request, locales: tuple[str, ...], default: str) -> str:
    """Returns the language of `locales` nearest to `?locale=`, else `default`.

    Leaves Accept-Language out, since the response is cached by its address alone.
    """
    return i18n.match_language(request.query_params.get("locale", ""), locales) or default
