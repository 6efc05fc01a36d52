"""The types a host page is given hold for a page that uses all of them, and for none that misuses one."""

import json
import subprocess
from pathlib import Path

from forecourt.resources import WIDGET
from tests.deadline import DEADLINE

TSC = WIDGET.parent / "node_modules" / ".bin" / "tsc"
STRICT = {
    "strict": True,
    "noEmit": True,
    "types": [],
    "lib": ["es2022", "dom"],
    "module": "esnext",
    "skipLibCheck": False,
}
PAGE = """
import type { ConsentSnapshot, ConsentStatus, Feature, WidgetError } from "./index";

const say = window.forecourt!;
say("on", "consent", (snapshot: ConsentSnapshot) => snapshot.purposes["analytics"]);
say("on", "withdraw", ({ still_running }) => still_running.length && location.reload());
say("on", "change", ({ choice, unlocked }): [ConsentStatus, readonly Feature[]] => [choice, unlocked]);
say("on", "stale", () => {});
say("on", "error", ({ code, status }: WidgetError) => code + status);
say("get", ({ privacy_policy }) => console.log(!privacy_policy));
document.addEventListener("click", (event) => say("set", { analytics: true, privacy_policy: false }, event));
say("set", { analytics: false });
say("open", "chat");
say("preferences");
say("locale", "nb");
say("scan", document.body.attachShadow({ mode: "open" }));
say("withdraw");

// @ts-expect-error: an error is no choice
say("on", "error", (snapshot: ConsentSnapshot) => snapshot);
// @ts-expect-error: there is no such event
say("on", "granted", () => {});
// @ts-expect-error: a purpose is granted or not
say("set", { analytics: "yes" });
// @ts-expect-error: there is no such feature
say("open", "shop");
// @ts-expect-error: a snapshot is not the page's to change
say("get", (snapshot) => { snapshot.choice = "granted"; });
// @ts-expect-error: the element is no shadow root
say("scan", document.body);
// @ts-expect-error: there is no such call
say("accept");
"""


def test_a_page_in_typescript_compiles_against_the_types_that_are_shipped(tmp_path: Path) -> None:
    (tmp_path / "index.d.ts").write_bytes((WIDGET / "index.d.ts").read_bytes())
    (tmp_path / "page.ts").write_text(PAGE)
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": STRICT, "files": ["page.ts"]}))
    checked = subprocess.run([TSC, "-p", tmp_path], capture_output=True, text=True, timeout=DEADLINE)
    assert checked.returncode == 0, checked.stdout
