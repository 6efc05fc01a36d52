"""`forecourt snippet`: prints the lines to paste into a site's pages."""

import argparse
import json
import sys
from html import escape
from typing import get_args

from forecourt.commands.settings import find_site, load_command_settings
from forecourt.settings.server import public_address
from forecourt.settings.site import Google, SiteSettings

_TAG = '<script async src="{address}/embed.js" data-site="{site}"></script>'
# Google documents this queue; its tags wait half a second for a choice that was made earlier.
_DEFAULTS = """<script>
window.dataLayer = window.dataLayer || [];
function gtag() {{ dataLayer.push(arguments); }}
gtag("consent", "default", {types});
</script>"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="the site's name in the settings")
    parser.add_argument(
        "--google", action="store_true", help="with the defaults for Google's tags, denied, before them"
    )


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    site = find_site(settings, options.site)
    if options.google:
        if not any(purpose.google_consent_types for purpose in site.purposes.values()):
            print(f"Warning: no purpose of {options.site} covers a type of Google's consent mode.", file=sys.stderr)
        print(google_defaults(site))
    print(_TAG.format(address=escape(public_address(settings)), site=options.site))


def google_defaults(site: SiteSettings) -> str:
    """Returns the script that tells Google's consent mode what is allowed before a visitor has chosen.

    A type is granted where only required purposes cover it, and denied otherwise, also where no purpose covers it.
    """
    types = {name: "granted" if _is_required(site, name) else "denied" for name in get_args(Google)}
    return _DEFAULTS.format(types=json.dumps({**types, "wait_for_update": 500}))


def _is_required(site: SiteSettings, google_type: str) -> bool:
    covering = [purpose.required for purpose in site.purposes.values() if google_type in purpose.google_consent_types]
    return bool(covering) and all(covering)
