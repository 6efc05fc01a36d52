import { drawHeld } from "./held";
import { PRIVACY, rowId, drawRows } from "./rows";
import css from "./style/layer.css";
import type { Frame, Kit, Layer } from "./types";

/** The banner's second layer: each purpose by itself, and what a visitor can do with what is held on them. */
export function layer(kit: Kit, { host, more, answer, decision, close }: Frame): Layer {
  const { asks, desk, dress, el } = kit;
  dress(more.getRootNode() as ShadowRoot, css);
  for (const name of ["row", "held"]) more.append(el("div", { class: name }, el("slot", { name })));
  const boxes = (): HTMLInputElement[] => [...host.querySelectorAll("input")];
  const isTicked = (name: string): boolean => boxes().some(({ id, checked }) => checked && id === rowId(name));
  const ticked: Layer["ticked"] = ({ name }) => isTicked(name);
  const read = (): boolean => isTicked(PRIVACY);
  return {
    ticked,
    read,
    focus: () => (boxes().find((box) => !box.disabled) ?? host).focus(),
    draw(fresh) {
      const before = new Map(fresh ? boxes().map(({ id, checked }) => [id, checked]) : []);
      const rows = drawRows(kit);
      // New words do not undo what was ticked meanwhile.
      for (const row of rows) if (row instanceof HTMLInputElement) row.checked = before.get(row.id) ?? row.checked;
      return [[...rows, ...drawHeld(kit, () => host.querySelector("#forecourt-status")!)], [decision("save", ticked, read), ...(asks(desk) ? [] : [answer("close", close)])]];
    },
  };
}
