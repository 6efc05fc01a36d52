"""`forecourt snippet`: the lines to paste into a site's pages."""

import argparse
import json
import sys
from html import escape
from typing import get_args

from forecourt.commands.command import command, settings_of, site_of
from forecourt.settings.server import address
from forecourt.settings.site import Google, SiteSettings

_TAG = '<script async src="{address}/embed.js" data-site="{site}"></script>'
# The queue is Google's own way in; half a second is how long its tags wait for a choice that was made earlier.
_DEFAULTS = """<script>
window.dataLayer = window.dataLayer || [];
function gtag() {{ dataLayer.push(arguments); }}
gtag("consent", "default", {types});
</script>"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(commands, "snippet", _snippet, "print the lines that a site's pages take")
    made.add_argument("site", help="the site's name in the settings")
    made.add_argument("--google", action="store_true", help="with the defaults for Google's tags, denied, before them")


def _snippet(options: argparse.Namespace) -> None:
    at = settings_of(options)
    site = site_of(at, options.site)
    if options.google:
        if not any(purpose.google for purpose in site.purposes.values()):
            print(f"Warning: no purpose of {options.site} covers a type of Google's consent mode.", file=sys.stderr)
        print(google_defaults(site))
    print(_TAG.format(address=escape(address(at)), site=options.site))


def google_defaults(site: SiteSettings) -> str:
    """Denied, all that a choice can grant or that nothing grants; granted, what only required purposes cover."""
    held = {
        name: [each.required for each in site.purposes.values() if name in each.google] for name in get_args(Google)
    }
    types = {name: "granted" if needed and all(needed) else "denied" for name, needed in held.items()}
    return _DEFAULTS.format(types=json.dumps({**types, "wait_for_update": 500}))
