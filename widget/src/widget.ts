import { createBanner } from "./banner";
import { settle } from "./consent";
import { follow, show } from "./desk";
import { createGate } from "./gate";
import { createPolicy } from "./policy";
import { createPreferences } from "./preferences";
import { grant, openStore } from "./state";
import type { Boot, Bus, Desk, Page, Spot, View } from "./types";

export function createWidget(page: Page, bus: Bus, spots: readonly Spot[], boot: Boot, fetch: Desk["fetch"]): Desk {
  const store = openStore(page.site);
  const desk: Desk = { page, bus, boot, fetch, store, views: [], was: "none", seen: "", pending: Promise.resolve(), preferences() {} };
  const banner = createBanner(desk);
  desk.views = [...spots.map((spot) => createView(spot, desk)), banner];
  desk.preferences = banner.open;
  for (const name of ["storage", "pageshow"]) addEventListener(name, () => follow(desk));
  addEventListener("online", () => settle(desk));
  show(desk, true, ...(grant(desk) ? (["consent"] as const) : []));
  void settle(desk);
  return desk;
}

function createView(spot: Spot, desk: Desk): View {
  if (spot.kind === "policy") return createPolicy(spot, desk);
  if (spot.kind === "preferences") return createPreferences(spot, desk);
  return createGate(spot, spot.kind, desk);
}
