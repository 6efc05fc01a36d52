import { choose } from "./choose";
import type { Kit, Offer } from "./types";

/** A grant from before the browser sent Global Privacy Control: what it refuses now is told to the server, and recorded. */
export function heed(kit: Kit): void {
  const { barred, desk, standing } = kit;
  const refused = desk.boot.consent.purposes.some((one) => barred(one) && desk.store.read()?.purposes[one.name]);
  const make = (): Offer => ({ purposes: {}, privacy_policy: false, source: "gpc", gesture: "scripted" });
  if (refused && standing(desk) === "granted") desk.pending = desk.pending.then(() => choose(kit, make));
}
