"""Sets the clock a year ahead, and then an hour back: every journey goes on, and the log stays whole."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from forecourt import clock
from tests.chaos.journeys import JOURNEYS, Chat, Choose, Contact, Publish
from tests.chaos.stage import Stage
from tests.chaos.test_injected_faults import travel

pytestmark = pytest.mark.anyio
# No release may be older than the one before it: publishing waits until the clock has caught up.
JOURNEYS_BUT_PUBLISH = tuple(journey for journey in JOURNEYS if journey is not Publish)
SetClock = Callable[[timedelta], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Returns a function that sets the clock so far from the time that it is."""
    read_clock = clock.now

    def change(difference: timedelta) -> None:
        def now() -> datetime:
            return read_clock() + difference

        monkeypatch.setattr(clock, "now", now)

    return change


@pytest.mark.parametrize("days", [0, 365])
async def test_every_journey_but_publishing_goes_on_after_the_clock_was_set_back_an_hour(
    stage: Stage, set_clock: SetClock, days: int
) -> None:
    for hours, journeys in ((0, JOURNEYS), (-1, JOURNEYS_BUT_PUBLISH)):
        set_clock(timedelta(days=days, hours=hours))
        await stage.application.site_loader.refresh()
        for journey in journeys:
            await travel(journey(stage))
    await stage.verify_log(clock_was_set=True)


async def test_a_year_ahead_an_old_choice_is_asked_again_and_what_it_opened_is_closed(
    stage: Stage, set_clock: SetClock
) -> None:
    old = Contact(stage)
    await travel(old)
    set_clock(timedelta(days=366))
    await stage.application.site_loader.refresh()
    assert (await old.page.get("consents/current")).json()["state"] == "expired"
    refusal = await old.page.post(
        "contact", {"name": "O", "email": "o@example.com", "topic": "support", "message": "x"}
    )
    assert (refusal.status_code, bool(refusal.json()["detail"])) == (403, True)
    for journey in (Choose, Contact, Chat):
        await travel(journey(stage))
