import { rest } from "./kit";
import type { Desk, View } from "./types";

/** The page's scripts and frames that wait for a purpose, its other tools, and what it changes while it stands. */
export function createWaiting(desk: Desk, route: () => void): View {
  let pause = 50; // ms
  let due = 0;

  function update(fresh = false): void {
    // Before a choice only a frame has something to show for it.
    if (desk.rest || desk.store.read() || document.querySelector("iframe[data-forecourt-purpose]"))
      rest(desk).then(({ attend }) => attend(fresh), () => (pause *= 2));
  }

  function look(): void {
    due = 0;
    // A page that is being written anew has none.
    if (document.body) route();
    update();
  }

  // A page that never stops changing is looked through now and then, not each time.
  new MutationObserver(() => (due ||= setTimeout(look, pause))).observe(document, { childList: true, subtree: true, attributeFilter: ["lang"] });
  return { update };
}
