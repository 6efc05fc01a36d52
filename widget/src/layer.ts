import { drawHeld } from "./held";
import { PRIVACY, rowId, drawRows } from "./rows";
import css from "./style/layer.css";
import type { Frame, Kit, Layer } from "./types";

/** The banner's second layer: each purpose by itself, and what a visitor can do with what is held on them. */
export function layer(kit: Kit, { host, more, answer, decision, close }: Frame): Layer {
  const { asks, desk, dress, el, t } = kit;
  dress(more.getRootNode() as ShadowRoot, css);
  for (const name of ["row", "held"]) more.append(el("slot", { name, class: name }));
  const boxes = (): HTMLInputElement[] => [...host.querySelectorAll("input")];
  const ticked = (name: string): boolean => boxes().some(({ id, checked }) => checked && id === rowId(name));
  const read = (): boolean => ticked(PRIVACY);
  const said = (): HTMLElement => host.querySelector("#forecourt-status")!;
  return {
    ticked,
    read,
    focus: () => boxes().find((box) => !box.disabled)!.focus(),
    unread() {
      said().textContent = t("lock.unread");
      boxes().at(-1)!.focus();
    },
    draw(fresh) {
      const before = new Map(fresh ? boxes().map(({ id, checked }) => [id, checked]) : []);
      const rows = drawRows(kit);
      // New words do not undo what was ticked meanwhile.
      for (const row of rows as HTMLInputElement[]) row.checked = before.get(row.id) ?? row.checked;
      const save = decision("save", ({ name }) => ticked(name), read);
      return [[...rows, ...drawHeld(kit, said)], asks(desk) ? [save] : [save, answer("close", close)]];
    },
  };
}
