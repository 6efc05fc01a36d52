import { button, mark } from "./dom";
import { t } from "./strings";
import type { Desk, Spot, View } from "./types";

/** A place of the page from which the choice can be seen and changed. */
export function createPreferences({ kind, host, root }: Spot, desk: Desk): View {
  const open = button("", () => desk.preferences(open));
  root.append(open);
  return {
    kind,
    host,
    update() {
      mark(root, desk);
      open.textContent = t(desk, "preferences.title");
    },
  };
}
