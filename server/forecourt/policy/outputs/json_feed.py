"""Changes as JSON Feed 1.1 (jsonfeed.org), with the facts of each change under `_forecourt`."""

import msgspec

from forecourt import clock
from forecourt.policy.outputs.feed import Feed, FeedEntry

PATH = "feed.json"
MEDIA_TYPE = "application/feed+json"


def json_feed(feed: Feed) -> bytes:
    return msgspec.json.encode(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": str(feed.title),
            "home_page_url": feed.page,
            "feed_url": feed.own(PATH),
            "language": feed.locale,
            "authors": [{"name": feed.author}],
            "items": [_item(each) for each in feed.entries()],
        }
    )


def _item(entry: FeedEntry) -> dict[str, object]:
    return {
        "id": entry.feed.id(entry.step),
        "url": entry.feed.link(entry.step),
        "title": entry.title,
        "content_text": "\n".join(entry.lines),
        "date_published": clock.iso(entry.step.published_at),
        "language": entry.feed.locale,
        "tags": [*dict.fromkeys(each.kind for each in entry.changes)],
        "_forecourt": {"release": entry.step.number, "sha256": entry.step.sha256, "changes": entry.changes},
    }
