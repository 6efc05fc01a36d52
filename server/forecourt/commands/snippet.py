"""`forecourt snippet`: prints the lines to paste into a site's pages."""

import argparse
import base64
import hashlib
import json
import sys
from typing import get_args

from forecourt.commands.settings import find_site, load_command_settings
from forecourt.embed_tag import render_embed_tag
from forecourt.settings.server import public_address
from forecourt.settings.site import Google, SiteSettings, is_refused_by_gpc

# Google documents this queue; its tags wait half a second for a choice that was made earlier.
_DEFAULTS = """
window.{layer} = window.{layer} || [];
function gtag() {{ {layer}.push(arguments); }}
gtag("consent", "default", {types});
"""
# Reads the widget's own record, so that no tag waits for the network. The widget says it again, and corrects it.
_STORED_CHOICE = """(function () {{
  try {{
    var stored = {stored};
    if (stored.choice !== "granted" || !(Date.now() < Date.parse(stored.expires_at))) return;
    var types = {{}}, purposes = {purposes}, gpc = {gpc};
    Object.keys(purposes).forEach(function (type) {{
      var refused = navigator.globalPrivacyControl && gpc.indexOf(purposes[type]) >= 0;
      types[type] = stored.purposes[purposes[type]] === true && !refused ? "granted" : "denied";
    }});
    gtag("consent", "update", types);
  }} catch (error) {{ /* Nothing is stored, or storage is blocked. */ }}
}})();
"""
_IN_STORAGE = 'JSON.parse(localStorage.getItem("forecourt:{site}"))'
_IN_COOKIE = (
    'JSON.parse(decodeURIComponent((/(?:^|; )forecourt_{site}=([^;]*)/.exec(document.cookie) || [])[1] || "null"))'
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="the site's name in the settings")
    parser.add_argument(
        "--google", action="store_true", help="with a script for Google's tags, which grants what a stored choice does"
    )


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    site = find_site(settings, options.site)
    if options.google:
        if not any(purpose.google_consent_types for purpose in site.purposes.values()):
            print(f"Warning: no purpose of {options.site} covers a type of Google's consent mode.", file=sys.stderr)
        print(render_google_snippet(options.site, site))
    print(render_embed_tag(public_address(settings), options.site))


def render_google_snippet(name: str, site: SiteSettings) -> str:
    """Returns the script for Google's tags, after a comment with its hash for a Content Security Policy."""
    script = google_script(name, site)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"<!-- Its hash for a Content-Security-Policy: script-src 'sha256-{digest}' -->\n<script>{script}</script>"


def google_script(name: str, site: SiteSettings) -> str:
    """Returns the text of the script that tells Google's consent mode what is allowed before the widget is there.

    A type is granted where only required purposes cover it, and denied otherwise, also where no purpose covers it. Then
    the script looks for a stored choice.
    """
    types = {type_: "granted" if _is_required(site, type_) else "denied" for type_ in get_args(Google)}
    defaults = json.dumps({**types, "wait_for_update": 500})
    purposes = {
        type_: purpose_name
        for purpose_name, purpose in site.purposes.items()
        for type_ in purpose.google_consent_types
        if not purpose.required
    }
    gpc = [each for each, purpose in site.purposes.items() if is_refused_by_gpc(each, purpose)]
    # The record is a cookie where sub-domains share it, unless the browser took none.
    stored = f"{_IN_COOKIE} || {_IN_STORAGE}" if site.share_cookie_domain else _IN_STORAGE
    return _DEFAULTS.format(layer=site.google_data_layer, types=defaults) + _STORED_CHOICE.format(
        stored=stored.format(site=name), purposes=json.dumps(purposes), gpc=json.dumps(gpc)
    )


def _is_required(site: SiteSettings, google_type: str) -> bool:
    covering = [purpose.required for purpose in site.purposes.values() if google_type in purpose.google_consent_types]
    return bool(covering) and all(covering)
