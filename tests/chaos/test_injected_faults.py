"""Lets each journey meet each fault at each place: nothing acknowledged is lost, nothing doubled, all goes on."""

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.chaos.fault_injector import Failure
from tests.chaos.file_faults import inject_file_faults
from tests.chaos.journeys import JOURNEYS, Journey
from tests.chaos.stage import Stage

pytestmark = pytest.mark.anyio
SAMPLE_SIZE = 3  # places of one kind of fault in one journey
each_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__.lower())


@each_journey
async def test_a_journey_survives_a_sample_of_the_faults(
    stage: Stage, journey: type[Journey], monkeypatch: pytest.MonkeyPatch
) -> None:
    inject_file_faults(monkeypatch, stage.application.settings.data, stage.injector)
    counts = await count_places(journey(stage))
    for failure, count in counts.items():
        for number in choose_sample(count):
            await travel(journey(stage), failure, number)
    await travel(journey(stage))
    await stage.verify_log()


@pytest.mark.chaos
@each_journey
async def test_a_journey_survives_every_fault(
    stage: Stage, journey: type[Journey], monkeypatch: pytest.MonkeyPatch
) -> None:
    inject_file_faults(monkeypatch, stage.application.settings.data, stage.injector)
    for failure in await count_places(journey(stage)):
        number = 1
        while await travel(journey(stage), failure, number):
            number += 1
    await travel(journey(stage))
    await stage.verify_log()


def choose_sample(count: int) -> Sequence[int]:
    """Returns numbers from 1 to `count`: the first, the last, and some between."""
    size = min(count, SAMPLE_SIZE)
    return sorted({1 + (count - 1) * place // max(1, size - 1) for place in range(size)})


async def count_places(journey: Journey) -> Counter[Failure]:
    """Takes the journey without a fault. Returns at how many places each kind can happen."""
    await travel(journey)
    return Counter(journey.stage.injector.counts)


async def travel(journey: Journey, failure: Failure | None = None, number: int = 0) -> bool:
    """Takes the journey with one fault, and again under its keys until it is done. Returns whether the fault came."""
    stage = journey.stage
    await journey.prepare()
    journey.acknowledged.clear()
    stage.injector.start(failure, number)
    is_done = await journey.attempt()
    stage.injector.stop()
    place = f"{type(journey).__name__}, place {number} where {failure}"
    facts = await journey.facts()
    lost = {name for name in journey.acknowledged if not facts[name]}
    assert not lost, f"{place}: acknowledged and not stored: {lost}"
    assert is_done or await journey.attempt(), f"{place}: the next attempt is refused, too"
    facts = await journey.facts()
    assert set(facts.values()) == {1}, f"{place}: {dict(facts)}"
    await journey.finish()
    return stage.injector.has_failed
