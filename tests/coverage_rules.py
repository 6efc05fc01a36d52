"""Measures coverage only where it tells something: Python 3.11 traces every line of every library for it."""

import contextlib
import inspect
import itertools
from collections import Counter
from collections.abc import Generator, Iterator
from functools import wraps
from typing import Any

import pytest
from coverage import Coverage

MEASURED_EXAMPLES = 25  # of a property
SETS_WITHOUT_NEWS = 5  # of a test's parameters, after which the next ones are not measured
_node_ids = pytest.StashKey[set[str]]()
_sets_without_news = Counter[str]()  # of each test's parameters, the last ones in a row that reached nothing new


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    measurement = Coverage.current()
    if measurement is None:
        return (yield)
    if is_measured(item):
        with watch_for_news(item, measurement), measure_first_examples(item, measurement):
            return (yield)
    measurement.stop()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # nor are the processes measured that it starts
        try:
            return (yield)
        finally:
            measurement.start()


@contextlib.contextmanager
def watch_for_news(item: pytest.Item, measurement: Coverage) -> Iterator[None]:
    """Counts how many sets of a test's parameters, one after the other, reach no branch that was not reached before."""
    before = count_branches(measurement)
    yield
    has_news = count_branches(measurement) > before
    _sets_without_news[name_of_test(item)] = 0 if has_news else _sets_without_news[name_of_test(item)] + 1


def count_branches(measurement: Coverage) -> int:
    """Returns how many branches this process has reached. Coverage would have to write them out to say it itself."""
    assert measurement._collector is not None
    return sum(map(len, measurement._collector.data.values()))


def name_of_test(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


@contextlib.contextmanager
def measure_first_examples(item: pytest.Item, measurement: Coverage) -> Iterator[None]:
    """Measures so many examples of a property; the others run the same lines."""
    property_test = getattr(getattr(item, "obj", None), "hypothesis", None)
    if property_test is None or inspect.iscoroutinefunction(property_test.inner_test):
        yield
        return
    inner_test, numbers = property_test.inner_test, itertools.count(1)

    @wraps(inner_test)
    def run_example(*parameters: Any, **options: Any) -> None:
        if next(numbers) == MEASURED_EXAMPLES:
            measurement.stop()
        inner_test(*parameters, **options)

    property_test.inner_test = run_example
    try:
        yield
    finally:
        property_test.inner_test = inner_test
        if next(numbers) > MEASURED_EXAMPLES:
            measurement.start()


def is_measured(item: pytest.Item) -> bool:
    """Returns whether coverage counts it.

    It counts no journey, no test that runs on SQLite too (but in tests/db), and no parameters after `SETS_WITHOUT_NEWS`
    of the same test that told it nothing new.
    """
    if item.get_closest_marker("repetitive") or _sets_without_news[name_of_test(item)] >= SETS_WITHOUT_NEWS:
        return False
    sqlite_id = item.nodeid.replace("postgresql", "sqlite")
    runs_on_sqlite_too = sqlite_id != item.nodeid and sqlite_id in item.session.stash[_node_ids]
    return not item.nodeid.startswith("tests/journeys/") and (not runs_on_sqlite_too or "/db/" in item.nodeid)


def pytest_collection_finish(session: pytest.Session) -> None:
    session.stash[_node_ids] = {item.nodeid for item in session.items}
