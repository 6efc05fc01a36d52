"""Names the links that followers get by mail, and says how long each works."""

from datetime import timedelta

CONFIRMATION_LINK = "follow.confirm"
CONFIRMATION_LIFETIME = timedelta(hours=48)

PREFERENCES_LINK = "follow.manage"
UNSUBSCRIBE_LINK = "follow.leave"
NOTICE_LINK_LIFETIME = timedelta(days=400)  # every notice contains both, and the next one may be a year away
