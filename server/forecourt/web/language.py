"""Decides in which of the offered languages a request is answered."""

from starlette.requests import Request

from forecourt import i18n


def negotiate_language(request: Request, offered: tuple[str, ...], default: str, preferred: str | None = None) -> str:
    """Returns the offered language nearest to `preferred`, else the best one of Accept-Language, else `default`.

    `preferred` is a language tag the reader chose, such as a field of a form. It may be empty.
    """
    accepted = request.headers.get("accept-language", "")
    return (
        (i18n.match_language(preferred, offered) if preferred else None)
        or i18n.match_accept_language(accepted, offered)
        or default
    )


def negotiate_query_language(request: Request, offered: tuple[str, ...], default: str) -> str:
    """Returns the offered language nearest to `?locale=`, else `default`.

    Leaves Accept-Language out, since the response is cached by its address alone.
    """
    return i18n.match_language(request.query_params.get("locale", ""), offered) or default
