import { createBanner } from "./banner";
import { follow, review, show } from "./desk";
import { createGate } from "./gate";
import { use } from "./kit";
import { createPolicy } from "./policy";
import { dressed } from "./places";
import { createPreferences } from "./preferences";
import { createRoute } from "./route";
import { grant, openStore } from "./state";
import { createWaiting } from "./waiting";
import type { Boot, Bus, Desk, Page, Spot, View } from "./types";

export async function createWidget(page: Page, bus: Bus, spots: readonly Spot[], boot: Boot, fetch: Desk["fetch"]): Promise<Desk> {
  const none = { views: [], was: "none", seen: "", stale: null, receipt: "", rest: undefined } as const;
  const desk: Desk = { page, bus, boot, fetch, store: openStore(page.site), ...none, pending: Promise.resolve(), ran: new Set(), hosts: [], preferences() {} };
  if (boot.share_cookie_domain && document.cookie.includes("forecourt_")) await use(desk, () => {});
  await review(desk);
  const banner = createBanner(desk);
  const create = (spot: Spot): View => createView(spot, desk);
  desk.views = [...spots.map((spot) => create(dressed(spot, desk))), banner];
  desk.views = [...desk.views, createWaiting(desk, createRoute(desk, spots, create))];
  desk.preferences = banner.open;
  for (const name of ["storage", "pageshow", "focus"]) addEventListener(name, () => follow(desk));
  show(desk, true, ...(grant(desk) ? (["consent"] as const) : []));
  return desk;
}

function createView(spot: Spot, desk: Desk): View {
  if (spot.kind === "policy") return createPolicy(spot, desk);
  if (spot.kind === "preferences") return createPreferences(spot, desk);
  return createGate(spot, spot.kind, desk);
}
