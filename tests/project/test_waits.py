"""No test depends on speed: it waits for an event until tests/deadline.py's deadline, and measures no time.

A line that needs the clock itself says why: `# clock: a body that trickles`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
READS_CLOCK = {"time.monotonic", "time.perf_counter", "time.process_time", "time.sleep", "asyncio.sleep", "anyio.sleep"}
WAITS = {"wait", "wait_for", "result", "join", "timeout", "settimeout", "fail_after", "move_on_after"}
WAITS |= {"set_default_timeout", "set_default_navigation_timeout"}
HTTPX = {f"httpx.{name}" for name in ("get", "post", "put", "patch", "delete", "head", "options", "request", "stream")}
HTTPX |= {"httpx.Client", "httpx.AsyncClient"}
DEADLINES = {"DEADLINE", "DEADLINE * 1000"}  # seconds, and Playwright's milliseconds


def find_faults(code: str) -> list[str]:
    """Returns what is wrong with the waits of a module, each with its line."""
    lines = code.splitlines()
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return [
        f"{call.lineno}: {fault}"
        for call in calls
        for fault in faults_of_call(call)
        if "# clock: " not in lines[call.lineno - 1]
    ]


def faults_of_call(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func)
    timeouts = {
        keyword.arg: ast.unparse(keyword.value)
        for keyword in call.keywords
        if keyword.arg and keyword.arg.endswith("timeout")
    }
    only_yields = [ast.unparse(argument) for argument in call.args] == ["0"]
    if (name in READS_CLOCK and not only_yields) or name.endswith(".wait_for_timeout"):
        yield f"{name} waits for time or measures it"
    if name in HTTPX and "timeout" not in timeouts:
        yield f"{name} gives up after 5 seconds"
    if name.rpartition(".")[2] in WAITS and any(is_positive_number(argument) for argument in call.args):
        yield f"{name} gives up early"
    yield from (f"{key}={value} gives up early" for key, value in timeouts.items() if value not in DEADLINES)


def is_positive_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value > 0


@pytest.mark.parametrize(
    "code",
    [
        "time.sleep(1)",
        "await asyncio.sleep(0.1)",
        "took = time.monotonic() - began",
        "page.wait_for_timeout(500)",
        "httpx.get(url)",
        "httpx.AsyncClient(base_url=url)",
        "httpx.get(url, timeout=5)",
        "async with asyncio.timeout(5): pass",
        "await asyncio.wait_for(task, 5)",
        "event.wait(10)",
        "expect(button).to_be_visible(timeout=15_000)",
        "subprocess.run(command, timeout=60)",
    ],
)
def test_a_wait_that_depends_on_speed_is_refused(code: str) -> None:
    assert find_faults(code)


@pytest.mark.parametrize(
    "code",
    [
        "httpx.get(url, timeout=DEADLINE)",
        "context.set_default_timeout(DEADLINE * 1000)",
        "event.wait(DEADLINE)",
        "assert not await other.wait(0)",
        "await asyncio.sleep(0)",
        "', '.join(names)",
        "await asyncio.sleep(pause)  # clock: a body that trickles",
    ],
)
def test_a_wait_until_the_deadline_is_not(code: str) -> None:
    assert not find_faults(code)


def test_no_test_depends_on_speed() -> None:
    paths = [path for path in TESTS.rglob("*.py") if path.name != "deadline.py"]
    faults = [f"{path.relative_to(TESTS)}:{fault}" for path in paths for fault in find_faults(path.read_text("utf-8"))]
    assert not faults, "\n" + "\n".join(faults)
