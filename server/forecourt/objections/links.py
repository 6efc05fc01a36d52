"""Names the link to an objection's own page, and says how long it works."""

from datetime import timedelta

OBJECTION_LINK = "objection"
OBJECTION_LINK_LIFETIME = timedelta(days=730)
