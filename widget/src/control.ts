import { button, dress, el, mark } from "./dom";
import { standing } from "./state";
import { t } from "./strings";
import { CONTROL } from "./style";
import type { Desk } from "./types";

export interface Control {
  show(visible: boolean): void;
  focus(): void;
}

/** The way back to the choice, always there once one was made; it also says to a screen reader what stands now. */
export function createControl(desk: Desk): Control {
  const host = el("div", { id: "forecourt-control" });
  const open = button("", () => desk.preferences(), { id: "forecourt-preferences" });
  const status = el("p", { role: "status" });
  const shadow = host.attachShadow({ mode: "open" });
  dress(shadow, CONTROL);
  shadow.append(el("div", { class: "root" }, el("slot")));
  host.append(open, status);
  document.body.append(host);
  return {
    show(visible) {
      mark(host, desk);
      open.textContent = t(desk, "preferences.title");
      open.hidden = !visible;
      status.textContent = visible ? t(desk, `state.${standing(desk)}`) : "";
    },
    focus: () => open.focus(),
  };
}
