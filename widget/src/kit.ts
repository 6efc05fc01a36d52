import { call } from "./api";
import { show, speak } from "./desk";
import { button, el } from "./dom";
import { t } from "./strings";
import type { Desk, Kit, Spot } from "./types";

export const createKit = ({ root, style }: Spot, desk: Desk): Kit => ({
  desk,
  root,
  memory: {},
  el,
  button,
  t: (key, values) => t(desk, key, values),
  call,
  show,
  speak,
  style,
});

/** A chunk's default export. Rejects where it cannot be fetched. */
export const load = <T>({ page }: Desk, name: string): Promise<T> =>
  import(`${page.base}assets/${name}-${CHUNKS[name]}.js`).then((chunk) => chunk.default);
