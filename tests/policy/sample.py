"""The sample policy as tests use it: loaded, released, and a folder of it to break."""

import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from forecourt.policy import source
from forecourt.policy.actions import canonical
from forecourt.policy.model import Facts, Policy, Release
from forecourt.resources import SAMPLE

FOLDER = SAMPLE / "policy"
LANGUAGES = ("en", "nb")


@cache
def policy() -> Policy:
    return source.load(FOLDER)


def with_facts(facts: Facts) -> Policy:
    return replace(policy(), facts=facts)


def released(of: Policy | None = None) -> Release:
    made = of or policy()
    sha256 = hashlib.sha256(canonical(made)).hexdigest()
    at = datetime(2026, 11, 23, 21, tzinfo=UTC)
    return Release("main", 1, sha256, None, at, made.facts.updated, made)


def broken(folder: Path, file: str, *changes: tuple[str, str]) -> Path:
    """A copy of the sample in `folder`, with the first place of each text in `file` changed."""
    copy = folder / "policy"
    if not copy.exists():
        shutil.copytree(FOLDER, copy)
    text = (copy / file).read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (copy / file).write_text(text, "utf-8")
    return copy
