"""Checks that hits are counted exactly, in bounded memory, and that no flood of keys helps or harms a stranger."""

import hashlib
import random
import tracemalloc

import pytest

from forecourt.web.hit_counter import Hit
from forecourt.web.memory_counter import MAX_KEYS, SHARED_SLOTS, MemoryCounter, SlidingWindows
from forecourt.web.rate_limits import RATE_LIMITS, find_limits
from tests.rate_limits import find_limit

pytestmark = pytest.mark.anyio
DEVICE = find_limit("sign_in_on_known_device", "device")
NETWORK = find_limit("sign_in", "network")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def digest(number: int) -> bytes:
    return hashlib.blake2b(number.to_bytes(4), digest_size=16).digest()


async def test_any_window_holds_as_many_hits_as_allowed_and_no_more() -> None:
    clock, allowed = Clock(), list[float]()
    counter = MemoryCounter(clock)
    steps = random.Random(1)
    for _ in range(3000):
        clock.seconds += steps.expovariate(DEVICE.most / DEVICE.seconds * 3)
        wait = await counter.count([Hit(DEVICE, digest(1))])
        in_window = [moment for moment in allowed if moment > clock.seconds - DEVICE.seconds]
        assert (wait == 0) == (len(in_window) < DEVICE.most)
        if wait == 0:
            allowed.append(clock.seconds)
        else:
            assert wait == pytest.approx(in_window[-DEVICE.most] + DEVICE.seconds - clock.seconds)


async def test_waiting_as_long_as_said_is_enough() -> None:
    clock = Clock()
    counter = MemoryCounter(clock)
    while not (wait := await counter.count([Hit(DEVICE, digest(1))])):
        clock.seconds += 7.3
    clock.seconds += wait
    assert await counter.count([Hit(DEVICE, digest(1))]) == 0


@pytest.mark.repetitive
async def test_what_the_network_refuses_makes_no_further_key() -> None:
    counter = MemoryCounter(Clock())
    for number in range(10_000):
        await counter.count([Hit(NETWORK, digest(0)), Hit(DEVICE, digest(number))])
    assert len(counter._windows[DEVICE]) == NETWORK.most


async def test_whoever_is_refused_uses_up_nothing_of_the_network() -> None:
    counter = MemoryCounter(Clock())
    for _ in range(1000):
        await counter.count([Hit(NETWORK, digest(0)), Hit(DEVICE, digest(1))])
    assert await counter.count([Hit(NETWORK, digest(0)), Hit(DEVICE, digest(2))]) == 0


def test_the_network_is_counted_before_all_else() -> None:
    for action in {limit.action for limit in RATE_LIMITS}:
        assert "network" not in [limit.counted_by for limit in find_limits(action)[1:]]


@pytest.mark.repetitive
async def test_a_flood_of_keys_is_bounded_and_forgotten() -> None:
    clock = Clock()
    counter = MemoryCounter(clock)
    tracemalloc.start()
    for number in range(100_001):  # every slot meets twice what it allows
        clock.seconds += 0.004
        await counter.count([Hit(DEVICE, number.to_bytes(16, "little"))])
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    windows = counter._windows[DEVICE]
    assert len(windows) <= MAX_KEYS + SHARED_SLOTS
    assert size < 6_000_000
    clock.seconds += DEVICE.seconds
    for _ in range(MAX_KEYS):  # some requests later nothing is left of it
        windows.add(b"one key of all who came since", clock.seconds)
    assert len(windows) <= 2  # that key, and the slot it shared while all was full


@pytest.mark.repetitive
async def test_a_flood_of_keys_pushes_no_count_out() -> None:
    counter = MemoryCounter(Clock())
    for _ in range(DEVICE.most):
        assert await counter.count([Hit(DEVICE, digest(0))]) == 0
    for number in range(1, 3 * MAX_KEYS):
        await counter.count([Hit(DEVICE, digest(number))])
    assert await counter.count([Hit(DEVICE, digest(0))]) > 0


@pytest.mark.repetitive
async def test_strangers_are_served_while_the_memory_is_full() -> None:
    counter = MemoryCounter(Clock())
    for number in range(MAX_KEYS):
        await counter.count([Hit(DEVICE, digest(number))])
    waits = [await counter.count([Hit(DEVICE, digest(MAX_KEYS + number))]) for number in range(1000)]
    assert set(waits) == {0}


def test_a_hit_drops_only_a_few_expired_keys() -> None:
    windows = SlidingWindows(10, 60)
    for number in range(MAX_KEYS):
        windows.add(digest(number), 0.0)
    windows.add(b"later", 1000.0)
    assert MAX_KEYS - 10 < len(windows) < MAX_KEYS
