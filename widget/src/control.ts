import css from "./style/control.css";
import type { Control, Kit } from "./types";

/** Always there once a choice was made: the way back to it, and beside it a button that withdraws in one click. */
export function createControl({ desk, el, button, away, dress, mark, t, grant, standing, FLAT, use }: Kit): Control {
  const host = el("div", { id: "forecourt-control", role: "region", hidden: true });
  const open = button("", () => desk.preferences(), { id: "forecourt-preferences", slot: "act" });
  const undo = button("", () => void use(desk, ({ withdraw }) => withdraw()), { id: "forecourt-withdraw", slot: "act" });
  // Of a choice made just now; a refusal's is kept nowhere else.
  const receipt = away("", "", { slot: "act", id: "forecourt-receipt-now" });
  const status = el("p", { role: "status" });
  const shadow = host.attachShadow({ mode: "open" });
  dress(shadow, FLAT + css + desk.boot.look.css);
  shadow.append(el("div", { class: "root", part: "control" }, el("slot", { name: "act" }), el("slot")));
  host.append(open, receipt, status);
  desk.hosts.push(host);
  document.body.append(host);
  return {
    show(visible) {
      host.hidden = false;
      mark(host, desk);
      host.ariaLabel = open.textContent = t("preferences.title");
      undo.textContent = t("banner.withdraw");
      receipt.textContent = t("held.receipt");
      receipt.href = desk.receipt;
      open.hidden = !visible;
      undo.hidden = !grant(desk);
      receipt.hidden = !visible || !desk.receipt;
      status.textContent = visible ? t(`state.${standing(desk)}`) : "";
      // While the banner stands, beside its answers.
      if (visible) open.after(undo);
      else desk.hosts[0]!.append(undo);
    },
    focus: () => open.focus(),
  };
}
