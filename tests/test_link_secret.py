"""Checks that dated secrets and their digests sort by time."""

from datetime import UTC, datetime, timedelta

from forecourt.link_secret import dated_digest, new_dated_secret


def test_a_dated_secret_and_its_digest_begin_alike_with_their_time_and_differ_after_it() -> None:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    first_secret, second_secret = new_dated_secret(moment), new_dated_secret(moment)
    later = new_dated_secret(moment + timedelta(seconds=1))
    assert first_secret[:8] == second_secret[:8] == dated_digest(first_secret)[:8] != later[:8]
    assert first_secret[8:] != second_secret[8:]
    assert dated_digest(first_secret) != dated_digest(second_secret)
