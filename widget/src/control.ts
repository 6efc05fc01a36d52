import css from "./style/control.css";
import type { Control, Kit } from "./types";

/** Always there once a choice was made: the way back to it, and beside it a button that withdraws in one click. */
export function createControl({ desk, el, button, away, dress, mark, t, standing, FLAT }: Kit): Control {
  const host = el("div", { id: "forecourt-control", role: "region" });
  const open = button("", () => desk.preferences(), { id: "forecourt-preferences", slot: "act", hidden: true });
  // Of a choice made just now; a refusal's is kept nowhere else.
  const receipt = away("", "", { slot: "act", hidden: true });
  const status = el("p", { role: "status", slot: "act" });
  const shadow = host.attachShadow({ mode: "open" });
  dress(shadow, FLAT + css + desk.boot.look.css);
  shadow.append(el("div", { class: "root", part: "control" }, el("slot", { name: "act" })));
  host.append(open, receipt, status);
  desk.hosts.push(host);
  document.body.append(host);
  return {
    show(visible, undo) {
      const held = host.contains(document.activeElement);
      // While the banner stands, it is beside its answers.
      host.querySelector("#forecourt-withdraw")?.remove();
      if (visible) open.after(...undo);
      mark(host, desk);
      host.ariaLabel = open.textContent = t("preferences.title");
      receipt.textContent = t("held.receipt");
      receipt.href = desk.receipt;
      open.hidden = !visible;
      receipt.hidden = !visible || !desk.receipt;
      status.textContent = visible ? t(`state.${standing(desk)}`) : "";
      if (held && visible) open.focus();
    },
    focus: () => open.focus(),
  };
}
