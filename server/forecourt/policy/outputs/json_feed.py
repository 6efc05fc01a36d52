"""This module writes changes as JSON Feed 1.1 (jsonfeed.org), with the facts of each change under `_forecourt`."""

import msgspec

from forecourt import clock
from forecourt.policy.outputs.feed import Feed, FeedEntry

PATH = "feed.json"
MEDIA_TYPE = "application/feed+json"


def encode_json_feed(feed: Feed) -> bytes:
    return msgspec.json.encode(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": str(feed.title),
            "home_page_url": feed.page,
            "feed_url": feed.self_address(PATH),
            "language": feed.locale,
            "authors": [{"name": feed.author}],
            "items": [_item(entry) for entry in feed.entries()],
        }
    )


def _item(entry: FeedEntry) -> dict[str, object]:
    release = entry.release
    return {
        "id": entry.feed.tag_uri(release),
        "url": entry.feed.page_of(release),
        "title": entry.title,
        "content_text": "\n".join(entry.lines),
        "date_published": clock.iso(release.published_at),
        "language": entry.feed.locale,
        "tags": [*dict.fromkeys(change.kind for change in entry.changes)],
        "_forecourt": {"release": release.number, "sha256": release.sha256, "changes": entry.changes},
    }
