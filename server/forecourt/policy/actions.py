"""Publishing a policy as a release, and finding the one that stands."""

import hashlib
from datetime import datetime

import msgspec
import rfc8785
from sqlalchemy import Connection

from forecourt.errors import NotFound
from forecourt.policy import store
from forecourt.policy.model import Policy, Release


def publish(connection: Connection, site: str, policy: Policy, now: datetime) -> Release:
    """Appends a release of `policy`; the standing one is returned as it is where nothing in it differs."""
    content = canonical(policy)
    sha256 = hashlib.sha256(content).hexdigest()
    before = store.latest(connection, site)
    if before and before.sha256 == sha256:
        return before
    release = _after(before, site, policy, sha256, now)
    store.append(connection, release, content.decode())
    return release


def standing(connection: Connection, site: str) -> Release:
    """The latest release of `site`. Raises `NotFound` where nothing is published yet."""
    if release := store.latest(connection, site):
        return release
    raise NotFound(f"{site} has published no policy yet")


def canonical(policy: Policy) -> bytes:
    """RFC 8785 (JCS): the same policy is the same bytes, whatever order its keys stand in."""
    return rfc8785.dumps(msgspec.to_builtins(policy))


def _after(before: Release | None, site: str, policy: Policy, sha256: str, now: datetime) -> Release:
    return Release(
        site=site,
        number=before.number + 1 if before else 1,
        sha256=sha256,
        previous=before.sha256 if before else None,
        published_at=now,
        effective_at=policy.facts.updated,
        policy=policy,
    )
