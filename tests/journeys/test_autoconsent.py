"""A refusal by a browser's own tool is a refusal: DuckDuckGo's autoconsent, as released, in real Chromium."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from forecourt.resources import WIDGET
from tests.forecourt_process import ForecourtProcess

TOOL = WIDGET.parent / "node_modules" / "@duckduckgo" / "autoconsent"
OURS = json.loads((WIDGET.parent / "autoconsent.json").read_text("utf-8"))

# What a browser does around the content script: it answers with settings and rules, and hears what became of it.
BROWSER = """([settings, rules]) => {
  window.heard = [];
  window.autoconsentSendMessage = async (message) => {
    heard.push(message);
    const settled = { type: "initResp", config: settings, rules };
    if (message.type === "init") setTimeout(() => autoconsentReceiveMessage(settled));
    if (message.type === "eval") autoconsentReceiveMessage({ id: message.id, type: "evalResp", result: false });
  };
}"""
SETTINGS = {
    "enabled": True,
    "autoAction": "optOut",
    "disabledCmps": [],
    "enablePrehide": False,
    "enableCosmeticRules": True,
    "enableHeuristicDetection": True,
    "heuristicMode": "reject",
    "detectRetries": 20,
}


def released_rules() -> list[Any]:
    """Returns the rules that the tool itself comes with; none of them knows us."""
    rules: list[Any] = json.loads((TOOL / "rules" / "rules.json").read_text("utf-8"))["autoconsent"]
    assert "forecourt" not in json.dumps(rules)
    return rules


def visit(page: Page, demo: ForecourtProcess, lang: str, rules: list[Any], **settings: object) -> None:
    page.goto(f"{demo.marketing}?lang={lang}")
    expect(page.locator("#forecourt-reject")).to_be_visible()
    page.evaluate(BROWSER, [SETTINGS | settings, {"autoconsent": rules}])
    page.evaluate((TOOL / "dist" / "autoconsent.playwright.js").read_text("utf-8"))


def wait_for_message(page: Page, kind: str) -> dict[str, Any]:
    page.wait_for_function("kind => heard.some(message => message.type === kind)", arg=kind)
    message: dict[str, Any] = page.evaluate("kind => heard.find(message => message.type === kind)", kind)
    return message


def latest_record(demo: ForecourtProcess) -> tuple[str, str, str]:
    with demo.engine.begin() as connection:
        row = connection.exec_driver_sql(
            "SELECT action, gesture, purposes FROM consents ORDER BY seq DESC LIMIT 1"
        ).one()
    return row.action, row.gesture, row.purposes


def assert_refused(page: Page, demo: ForecourtProcess) -> None:
    expect(page.locator("#forecourt-banner")).to_be_hidden()
    action, gesture, purposes = latest_record(demo)
    assert (action, gesture) == ("refuse", "scripted")
    assert {name for name, answer in json.loads(purposes).items() if answer} == {"necessary"}
    assert "token" not in page.evaluate("JSON.stringify(localStorage)")


def test_the_released_tool_finds_and_refuses_the_english_banner_by_itself(
    demo: ForecourtProcess, visitor: Page
) -> None:
    visit(visitor, demo, "en", released_rules())
    assert wait_for_message(visitor, "optOutResult")["result"] is True
    assert_refused(visitor, demo)


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_with_our_rule_it_refuses_in_any_language(demo: ForecourtProcess, visitor: Page, lang: str) -> None:
    visit(visitor, demo, lang, [*released_rules(), *OURS["autoconsent"]], heuristicMode="off")
    assert wait_for_message(visitor, "popupFound")["cmp"] == "forecourt"
    assert wait_for_message(visitor, "optOutResult")["result"] is True
    assert_refused(visitor, demo)


def test_what_was_refused_by_a_tool_is_not_asked_again(demo: ForecourtProcess, visitor: Page) -> None:
    visit(visitor, demo, "nb", OURS["autoconsent"])
    assert_refused(visitor, demo)
    visitor.reload()
    expect(visitor.locator("#forecourt-preferences")).to_be_visible()
    expect(visitor.locator("#forecourt-banner")).to_be_hidden()


def test_a_tool_that_accepts_is_refused_by_the_server(demo: ForecourtProcess, visitor: Page, rows: Any) -> None:
    rows_before = rows()
    accepts = [{**OURS["autoconsent"][0], "optIn": [{"waitForThenClick": "#forecourt-accept"}]}]
    with visitor.expect_response("**/v1/sites/main/consents") as response_info:
        visit(visitor, demo, "nb", accepts, autoAction="optIn")
    assert (response_info.value.status, response_info.value.json()["code"]) == (403, "gesture_required")
    expect(visitor.locator("#forecourt-banner")).to_be_visible()
    assert rows() == rows_before
