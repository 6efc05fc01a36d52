"""Checks how long the outbox waits before it tries again."""

from datetime import timedelta

import pytest

from forecourt.mail.retry import retry_delay


@pytest.mark.parametrize("attempts", [1, 5, 50])
def test_the_retry_delay_is_capped(attempts: int) -> None:
    assert timedelta(0) < retry_delay(attempts) <= timedelta(minutes=75)
