"""Returns warnings where the settings leave the way back to a choice to the site's pages (GDPR 7(3))."""

from collections.abc import Iterator

from forecourt.settings.server import Settings


def way_back_warnings(settings: Settings) -> Iterator[str]:
    """Returns a sentence for each site whose pages must have a way back of their own, which nothing here can see."""
    for name, site in settings.sites.items():
        if site.control == "never":
            yield (
                f"sites.{name}.control is never: each of the site's pages needs a preferences place, or a link of its "
                "own that opens the choices. A page without either has no way back, and this check cannot see pages."
            )
