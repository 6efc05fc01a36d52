"""This module lists every `Cache-Control` value that Forecourt sends, and the headers of pages that nobody may keep.

Assets, published content and forms have lifetimes in seconds (RFC 9111, RFC 5861 for stale-while-revalidate).
"""

IMMUTABLE = "public, max-age=31536000, immutable"
"""Belongs to an address that names its content: a hash, or a number that is given once."""

EMBED_SCRIPT = "public, max-age=300, stale-while-revalidate=86400"
"""Belongs to `/embed.js`, which every page view of every host page asks for."""

PUBLISHED = "public, max-age=60, stale-while-revalidate=600"
"""Belongs to what a release changes: the policy in every format, its pages and feeds, and the widget's bootstrap."""

API_DESCRIPTION = "public, max-age=300"
SECURITY_TXT = "public, max-age=3600"
POLICY_SCHEMA = "public, max-age=3600"
OBJECTION_FORM = "public, max-age=60"

REVALIDATE = "no-cache"
"""Lets a cache keep the answer, and ask before each use."""

NO_STORE = "no-store"

PRIVATE_PAGE = {"cache-control": NO_STORE, "x-robots-tag": "noindex"}
"""Belongs to a page that is about one person, or whose address is a secret: no cache and no search engine keeps it."""

UNLINKED_PRIVATE_PAGE = PRIVATE_PAGE | {"referrer-policy": "no-referrer"}
"""Belongs to a private page that sends no form which needs an `Origin`: it tells its address to no other page."""
