"""Names the links of the newsletter's mails, and says how long each works."""

from datetime import timedelta

CONFIRMATION_LINK = "newsletter.confirm"
CONFIRMATION_LIFETIME = timedelta(hours=48)

UNSUBSCRIBE_LINK = "newsletter.leave"
UNSUBSCRIBE_LIFETIME = timedelta(days=3650)  # longer than any subscription, with which it is deleted
