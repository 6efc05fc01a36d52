"""This module compiles a policy into a release: checks it, compares it with the release before, and seals it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec
import rfc8785

from forecourt import clock
from forecourt.errors import PolicyMoved
from forecourt.policy import notice_period
from forecourt.policy.check import Finding, PolicyHasFindings, check_policy, field_rules
from forecourt.policy.comparison import Difference, difference
from forecourt.policy.edition import Edition
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.model import Policy, Release
from forecourt.policy.stated_facts import without_missing
from forecourt.policy.withdrawn_facts import find_withdrawn_facts

# What sealed content calls these fields of a release: published hashes are of these names, so they never change.
_SEALED_NAMES = {"releases_in_force": "standing", "binding_notice_days": "owed"}


@dataclass(frozen=True)
class CompiledRelease:
    """Holds a release that is ready to be appended. `content` is the canonical JSON that its `sha256` is of."""

    release: Release
    content: str
    difference: Difference


def compile_release(
    before: Edition | None, site: str, policy: Policy, now: datetime, emergency: str = ""
) -> CompiledRelease:
    """Returns the release of `policy` that follows `before`, which is the latest release on the day of `now`.

    It stores nothing, because it may take long and appending may not. `emergency` says why the notice period is not
    kept; it is dropped where nothing takes effect early. Raises `PolicyHasFindings` for what `forecourt check` refuses
    and for what breaks the notice period, `PolicyMoved` where `before` was published later than `now`.
    """
    grave = [finding for finding in check_policy(policy, country_codes()) if finding.grave]
    if findings := [*grave, *_check_emergency(emergency)]:
        raise PolicyHasFindings(findings)
    if before is None:
        first = Release(site, 1, "", None, now, policy.facts.updated, policy)
        return _seal(first, Difference((), {}))
    _require_order(before.release, now)
    if withdrawn := [*find_withdrawn_facts(before.release, policy)]:
        raise PolicyHasFindings(withdrawn)
    is_early = _require_notice(before, policy, emergency)
    differences = difference(before.release.policy, policy, before.day)
    release = Release(
        site=site,
        number=before.release.number + 1,
        sha256="",
        previous=before.release.sha256,
        published_at=now,
        effective_at=_first_effective_day(differences, before.day),
        policy=policy,
        announced=notice_period.announcement_days(before, policy),
        releases_in_force=notice_period.releases_in_force(before, policy),
        emergency=emergency if is_early else "",
        binding_notice_days=notice_period.binding_notice_days(before, policy),
    )
    return _seal(release, differences)


def _check_emergency(reason: str) -> Iterator[Finding]:
    """Checks the reason as names are checked, because it is shown and mailed like them."""
    for rule, key, remedy in field_rules.check_line("emergency", reason) if reason else ():
        yield Finding("", key, remedy, rule)


def _require_order(before: Release, now: datetime) -> None:
    """Raises `PolicyMoved` where a clock that is wrong would make a release older than the one before it."""
    if now < before.published_at:
        then = clock.iso(before.published_at)
        raise PolicyMoved(f"release {before.number} is of {then}, and it is {clock.iso(now)} here; try again later")


def _require_notice(before: Edition, policy: Policy, emergency: str) -> bool:
    """Returns whether something takes effect early. Raises `PolicyHasFindings` where no emergency allows it."""
    breaches = [*notice_period.find_breaches(before, policy)]
    refused = [*notice_period.find_breaches(before, policy, is_emergency=True)] if emergency else breaches
    if breaches and refused:
        raise PolicyHasFindings(refused)
    return bool(breaches)


def _first_effective_day(differences: Difference, day: date) -> date:
    """Returns the first day after `day` on which a material change takes effect; `day` where none is to come."""
    effective_days = [change.effective for change in differences.material_changes if change.effective]
    return min((effective for effective in effective_days if effective > day), default=day)


def _seal(release: Release, differences: Difference) -> CompiledRelease:
    content = msgspec.to_builtins(release)
    del content["sha256"]
    content["policy"]["facts"] = without_missing(content["policy"]["facts"])
    for field, sealed_name in _SEALED_NAMES.items():
        content[sealed_name] = content.pop(field)
    sealed = rfc8785.dumps(content)
    digest = hashlib.sha256(sealed).hexdigest()
    return CompiledRelease(replace(release, sha256=digest), sealed.decode(), differences)
