"""This module makes and applies the JSON Merge Patch (RFC 7396) that turns one policy into another."""

from typing import Any

import msgspec

from forecourt.policy.model import Policy
from forecourt.policy.stated_facts import without_missing

JsonObject = dict[str, Any]  # of any policy: its values are texts, numbers, lists and objects
_KEYED_BY_ID = ("entities", "engagements")


def merge_patch(before: Policy, after: Policy) -> JsonObject:
    return _patch_objects(to_mergeable(before), to_mergeable(after)) or {}


def apply_merge_patch(before: Policy, patch: JsonObject) -> Policy:
    """Returns the policy that `patch` was made for.

    Raises msgspec.ValidationError where the patch was made from another policy than `before`.
    """
    merged = _merge(to_mergeable(before), patch)
    facts = merged["facts"]
    for name in _KEYED_BY_ID:
        facts[name] = [facts[name][key] | {"id": key} for key in sorted(facts[name])]
    return msgspec.convert(merged, Policy)


def to_mergeable(policy: Policy) -> JsonObject:
    """Returns the policy as JSON in which entities and engagements are objects by id.

    What has no value is absent, so that null in a patch means that something is removed.
    """
    builtins: JsonObject = msgspec.to_builtins(policy)
    content: JsonObject = _drop_none(builtins | {"facts": without_missing(builtins["facts"])})
    for name in _KEYED_BY_ID:
        content["facts"][name] = {item.pop("id"): item for item in content["facts"][name]}
    return content


def _drop_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _drop_none(item) for key, item in value.items() if item is not None}
    return [_drop_none(item) for item in value] if isinstance(value, list | tuple) else value


def _patch_objects(before: JsonObject, after: JsonObject) -> JsonObject | None:
    """Returns None where nothing differs."""
    patch: JsonObject = dict.fromkeys(before.keys() - after.keys())
    for key in after:
        if key not in before:
            patch[key] = after[key]
        elif (inner := _patch_values(before[key], after[key])) is not None:
            patch[key] = inner
    return patch or None


def _patch_values(before: Any, after: Any) -> Any:
    if isinstance(before, dict) and isinstance(after, dict):
        return _patch_objects(before, after)
    return None if before == after else after


def _merge(target: Any, patch: Any) -> Any:
    """Merges as RFC 7396 section 2 does, without changing its arguments."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged
