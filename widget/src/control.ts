import css from "./style/control.css";
import type { Control, Kit } from "./types";

/** Always there once a choice was made: the way back to it, and beside it a button that withdraws in one click. */
export function createControl({ desk, el, button, away, dress, mark, t, standing, FLAT }: Kit): Control {
  const host = el("div", { id: "forecourt-control", role: "region" });
  const status = el("p", { role: "status" });
  const shadow = host.attachShadow({ mode: "open" });
  dress(shadow, FLAT + css + desk.boot.look.css);
  shadow.append(el("div", { class: "root", part: "control" }, el("slot", { name: "act" }), status));
  desk.hosts.push(host);
  document.body.append(host);
  const focus = (): void => host.querySelector("button")?.focus();
  return {
    show(visible, undo) {
      const held = host.contains(document.activeElement);
      mark(host, desk);
      const title = (host.ariaLabel = t("preferences.title"));
      const open = button(title, () => desk.preferences(), { id: "forecourt-preferences", slot: "act" });
      // Of a choice made just now; a refusal's is kept nowhere else.
      const receipt = desk.receipt ? [away(t("held.receipt"), desk.receipt, { slot: "act" })] : [];
      // While the banner stands, it is beside its answers.
      host.replaceChildren(...(visible ? [open, ...undo, ...receipt] : []));
      status.textContent = visible ? t(`state.${standing(desk)}`) : "";
      if (held) focus();
    },
    focus,
  };
}
