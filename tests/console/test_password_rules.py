"""A new password is long, and none of those that are guessed first."""

import pytest

from forecourt.console.password_rules import find_password_fault

PERSONAL = ("kari.nordmann@example.com", "Kari Nordmann")


def fault_code(password: str) -> str:
    fault = find_password_fault(password, PERSONAL)
    return fault.code if fault else ""


@pytest.mark.parametrize("password", ["", "eleven char", "ååååååååååå"])
def test_a_short_password_is_refused(password: str) -> None:
    assert fault_code(password) == "password_short"


def test_a_very_long_password_is_refused() -> None:
    assert fault_code("x" * 1001) == "too_long"


@pytest.mark.parametrize(
    "password",
    [
        *("leavemealone", "LeaveMeAlone", "ｌｅａｖｅｍｅａｌｏｎｅ", "1qaz2wsx3edc4rfv"),
        *("password1234", "Password2026!", "Welcome2026!!", "passwordpassword", "qwerty123456!"),
        *("123456789012", "abcdefghijkl", "zyxwvutsrqponm", "qwertyuiopåå", "asdfghjkl;12"),
        *("aaaaaaaaaaaa", "ababababababab", "Ab1!Ab1!Ab1!", "            ", "👍" * 12),
        *("monkeydragon", "dragonmonkey12"),
    ],
)
def test_a_common_password_is_refused_however_it_is_written(password: str) -> None:
    assert fault_code(password) == "password_common"


@pytest.mark.parametrize("password", ["KariNordmann1", "nordmann-kari", "kari.nordmann@example.com", "kariexample123"])
def test_ones_own_name_or_address_is_refused(password: str) -> None:
    assert fault_code(password) == "password_personal"


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "another long password", "kari liker brunost", "9f2KxQ81mvRz", "fjord-traktor-sokk"],
)
def test_words_that_do_not_belong_together_are_taken(password: str) -> None:
    assert fault_code(password) == ""


@pytest.mark.parametrize("unit", ["a", "ab", "password", "z\u0301", "\n"])
def test_the_longest_passwords_are_judged_too(unit: str) -> None:
    assert fault_code((unit * 1000)[:1000]) == "password_common"


def test_a_character_that_stands_for_eighteen_makes_no_longer_work() -> None:
    assert fault_code("\ufdfa" * 1000) == ""
