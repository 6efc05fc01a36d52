import { call } from "./api";
import { decide, offer } from "./consent";
import { show, speak, told } from "./desk";
import { emit } from "./events";
import { away, button, dress, el, mark } from "./dom";
import { dressed, prepare } from "./places";
import { end } from "./settle";
import { asks, barred, grant, hasRead, keeps, standing, stands } from "./state";
import { list, t } from "./strings";
import { FLAT } from "./style";
import type { Desk, Kit, MountRest, Rest, Spot } from "./types";

export const createKit = ({ root, style }: Pick<Spot, "root" | "style">, desk: Desk): Kit => ({
  desk,
  root,
  memory: {},
  el,
  button,
  away,
  list: (names) => list(desk, names),
  keeps,
  asks,
  hasRead,
  t: (key, values) => t(desk, key, values),
  call,
  emit,
  offer,
  decide,
  told,
  stands,
  barred,
  prepare: (host) => dressed(prepare(host), desk),
  dress,
  mark,
  FLAT,
  grant,
  standing,
  end,
  show,
  speak,
  style,
});

/** For what is on the page as a whole, and has no place of its own. */
export const pageKit = (desk: Desk): Kit => createKit({} as Spot, desk);

/** Fetched once, when something of it is first needed. Rejects where it cannot be. */
export function rest(desk: Desk): Promise<Rest> {
  const chunk = (): Promise<{ default: MountRest }> => import(`${desk.page.base}assets/rest-${RELEASE}.js`);
  return (desk.rest ??= chunk().then(
    ({ default: mount }) => mount(pageKit(desk)),
    (fault: unknown) => {
      desk.rest = undefined;
      throw fault;
    },
  ));
}

/** Does without where it cannot be fetched. */
export const use = (desk: Desk, act: (rest: Rest) => unknown): Promise<unknown> => rest(desk).then(act, () => {});
