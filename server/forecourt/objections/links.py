"""Names the links to an objection, and says how long they work.

Anybody can type in anybody's address. So the link that is mailed leads to a page that names nothing of the objection:
its button opens the objection's own page, and shows that somebody reads the mailbox. Who writes gets there at once.
"""

from datetime import timedelta

OBJECTION_LINK = "objection"
RECEIPT_LINK = "objection.receipt"
OBJECTION_LINK_LIFETIME = timedelta(days=730)
