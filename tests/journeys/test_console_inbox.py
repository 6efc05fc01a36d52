"""Checks that agents sort the inbox with ticks and with single keys, while it refreshes itself."""

from playwright.sync_api import Browser, Locator, Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.looks import assert_accessible
from tests.journeys.test_console_thread import ChatVisitor


def rows(page: Page) -> Locator:
    return page.locator("#list .row")


def ticked(page: Page) -> Locator:
    return page.locator(".tick:checked")


def test_agents_sort_the_inbox_with_ticks_and_with_single_keys(
    browser: Browser, agent: Page, demo: ForecourtProcess, complaints: list[str]
) -> None:
    context = new_context(browser)
    for number in range(5):
        ChatVisitor(context.request, demo).say(f"Question {number}")
    agent.goto(f"{demo.forecourt}/console/")
    expect(rows(agent)).to_have_count(5)

    for key in "jjkx":
        agent.keyboard.press(key)
    expect(ticked(agent)).to_have_count(1)
    rows(agent).nth(2).locator(".tick").click(modifiers=["Shift"])
    expect(agent.get_by_text("3 ticked")).to_be_visible()
    ChatVisitor(context.request, demo).say("Question 5")  # the list refreshes itself, and the ticks stay
    expect(rows(agent)).to_have_count(6)
    expect(ticked(agent)).to_have_count(3)
    assert_accessible(agent, "inbox-ticked")

    agent.keyboard.press("e")
    expect(agent.get_by_text("3 conversations were closed.")).to_be_visible()
    expect(rows(agent)).to_have_count(3)
    expect(ticked(agent)).to_have_count(0)
    agent.get_by_role("button", name="Undo").click()
    expect(rows(agent)).to_have_count(6)

    agent.keyboard.press("?")
    expect(agent.get_by_role("dialog")).to_be_visible()
    assert_accessible(agent, "inbox-shortcuts")
    agent.get_by_label("Use these keys").uncheck()
    agent.get_by_role("button", name="Done").click()
    agent.keyboard.press("j")
    agent.keyboard.press("x")
    agent.keyboard.press("/")
    expect(ticked(agent)).to_have_count(0)
    expect(agent.locator("#search")).not_to_be_focused()
    agent.get_by_role("button", name="Keyboard shortcuts").click()
    agent.get_by_label("Use these keys").check()
    agent.keyboard.press("Escape")

    agent.keyboard.press("j")
    agent.keyboard.press("o")
    expect(agent.locator("#assigned")).to_have_text("Assigned to nobody")
    agent.keyboard.press("a")
    expect(agent.locator("#assigned")).to_have_text("Assigned to you")
    agent.keyboard.press("n")
    agent.keyboard.type("jase?")  # the keys are letters where somebody types
    expect(agent.locator("#body")).to_have_value("jase?")
    agent.locator("#thread").click(position={"x": 5, "y": 5})
    agent.keyboard.press("s")
    expect(agent.locator("[data-zone-name]")).not_to_have_text("")
    assert_accessible(agent, "thread-snooze")
    agent.keyboard.press("Enter")
    expect(agent.locator("#head .badge")).to_contain_text("Snoozed until")
    expect(agent.locator("#snooze-menu")).not_to_have_attribute("open", "")
    assert complaints == []
    context.close()
