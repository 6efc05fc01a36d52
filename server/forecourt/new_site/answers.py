"""Holds what a new site's owner answers, by flags or at the terminal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteAnswers:
    """Says what the settings of a new site are written from.

    `language` is the language of the policy, `locales` are those that the site is offered in. `port` None leaves the
    server's default. `purpose_column` is the heading below which the imported page says what each company does: blank
    where it says so nowhere, None where nobody was asked.
    """

    site: str
    origins: tuple[str, ...]
    controller: str
    email: str
    language: str
    locales: tuple[str, ...]
    port: int | None = None
    purpose_column: str | None = None
