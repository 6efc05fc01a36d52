import { createBanner } from "./banner";
import { follow, review, show } from "./desk";
import { createGate } from "./gate";
import { use } from "./kit";
import { createPolicy } from "./policy";
import { dressed } from "./places";
import { createPreferences } from "./preferences";
import { createRoute } from "./route";
import { settle } from "./settle";
import { grant, openStore } from "./state";
import { createWaiting } from "./waiting";
import type { Boot, Bus, Desk, Page, Spot, View } from "./types";

export async function createWidget(page: Page, bus: Bus, spots: readonly Spot[], boot: Boot, fetch: Desk["fetch"]): Promise<Desk> {
  const none = { hosts: [], receipt: "", pending: Promise.resolve(), ran: new Set<string>() };
  // The rest of it is known before anybody else is handed the desk.
  const desk = { page, bus, boot, fetch, store: openStore(page.site), ...none } as Partial<Desk> as Desk;
  try {
    if (boot.share_cookie_domain && document.cookie.includes("forecourt_")) await use(desk, () => {});
  } catch {
    // A sandbox has none.
  }
  void settle(desk);
  await review(desk);
  const banner = createBanner(desk);
  const create = (spot: Spot): View => createView(spot, desk);
  const waiting = createWaiting(desk, createRoute(desk, spots, create));
  desk.views = [...spots.map((spot) => create(dressed(spot, desk))), banner, waiting];
  desk.preferences = banner.open;
  for (const name of ["storage", "pageshow", "focus", "online"]) addEventListener(name, () => follow(desk));
  show(desk, true, ...(grant(desk) ? (["consent"] as const) : []));
  return desk;
}

function createView(spot: Spot, desk: Desk): View {
  if (spot.kind === "policy") return createPolicy(spot, desk);
  if (spot.kind === "preferences") return createPreferences(spot, desk);
  return createGate(spot, spot.kind, desk);
}
