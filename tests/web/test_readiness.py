"""The log says when a check's problem begins and ends, and nothing while all is in order."""

import logging

import pytest

from forecourt.web.readiness import CheckName, Readiness


def test_a_problem_is_logged_when_it_begins_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    readiness = Readiness()
    with caplog.at_level(logging.INFO):
        readiness.set_problem(CheckName.DISK, None)  # in order from the start: that is no news
        readiness.set_problem(CheckName.COMMIT, "No.")  # wrong from the start
        for problem in ("No.", "Nor this.", None, None):
            readiness.set_problem(CheckName.COMMIT, problem)
    assert caplog.messages == ["readiness, commit: No.", "readiness, commit: in order"]
