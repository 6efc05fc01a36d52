"""Checks where signing keys come from."""

from pathlib import Path

from forecourt.signing_keys import load_signing_keys


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    keys = load_signing_keys((), tmp_path)
    assert load_signing_keys((), tmp_path) == keys
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert keys.values[0] not in repr(keys)


def test_configured_keys_come_first(tmp_path: Path) -> None:
    assert load_signing_keys(("a", "b"), tmp_path).values == ("a", "b")
    assert not list(tmp_path.iterdir())
