"""Checks how many files are received at once."""

from contextlib import ExitStack

import pytest

from forecourt.errors import Unavailable
from forecourt.files.upload_slots import AT_ONCE, PER_NETWORK, UploadSlots


def test_one_network_cannot_take_all_places_and_each_is_given_back() -> None:
    slots = UploadSlots()
    with ExitStack() as stack:
        for _ in range(PER_NETWORK):
            stack.enter_context(slots.take("192.0.2.0/24"))
        with pytest.raises(Unavailable), slots.take("192.0.2.0/24"):
            pass
        for number in range(AT_ONCE - PER_NETWORK):
            stack.enter_context(slots.take(f"198.51.{number}.0/24"))
        with pytest.raises(Unavailable), slots.take("203.0.113.0/24"):
            pass
    with slots.take("192.0.2.0/24"), slots.take("203.0.113.0/24"):
        pass
