import { button, el, mark } from "./dom";
import { createKit, rest } from "./kit";
import { createLock, lockedBy } from "./lock";
import { allows } from "./state";
import type { Desk, Feature, Mounted, Spot, View } from "./types";

/** A feature's place: locked until what it needs is granted, then the feature itself, without a reload. */
export function createGate(spot: Spot, feature: Feature, desk: Desk): View {
  const { kind, host, root } = spot;
  const kit = createKit(spot, desk);
  const { memory, t } = kit;
  let shown = "";
  let turn = 0;
  let part: Mounted | undefined;

  async function open(focus: boolean): Promise<void> {
    const mine = ++turn;
    const stand = (...nodes: Node[]): void => root.replaceChildren(el("div", { class: "card", part: "card" }, ...nodes));
    stand(el("p", { role: "status" }, t("place.loading")));
    try {
      const { places } = await rest(desk);
      if (turn !== mine) return;
      part = places[feature](kit);
      if (focus) part.focus();
    } catch {
      if (turn !== mine) return;
      stand(el("p", { role: "alert" }, t("place.failed")), button(t("again"), () => open(true)));
    }
  }

  return {
    kind,
    host,
    update(fresh) {
      const next = allows(desk, feature) ? "open" : lockedBy(desk, feature);
      if (!fresh && next === shown) return;
      const focus = !!shown && host.matches(":focus-within");
      mark(root, desk);
      part?.close?.();
      turn++;
      // A tick is kept over a change of language, and never stands beforehand when it is asked anew.
      if (next !== shown) memory["read"] = "";
      shown = next;
      part = next === "open" ? void open(focus) : createLock(root, feature, desk, memory);
    },
    close: () => part?.close?.(),
    focus() {
      host.scrollIntoView({ block: "center" });
      part?.focus();
    },
  };
}
