"""Writes the tag that puts the widget on a site's pages."""

from html import escape

EMBED_PATH = "/embed.js"
POLICY_PLACE = '<div data-forecourt="policy"></div>'


def render_embed_tag(address: str, site: str) -> str:
    """Returns the tag. `address` is where browsers reach Forecourt."""
    return f'<script async src="{escape(address)}{EMBED_PATH}" data-site="{site}"></script>'
