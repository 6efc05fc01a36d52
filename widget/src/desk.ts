import { emit } from "./events";
import { allows, standing } from "./state";
import type { Desk, EventName, Feature, Told } from "./types";

/** What a listener of the page is told. */
function told(desk: Desk): Told {
  const { purposes = {}, privacy_policy = false } = desk.store.read() ?? {};
  const unlocked = (Object.keys(desk.boot.features) as Feature[]).filter((name) => allows(desk, name));
  return { choice: standing(desk), purposes, privacy_policy, unlocked };
}

/** Draws what the state has become, and tells it. `fresh`: the words are new as well. */
export function show(desk: Desk, fresh: boolean, ...names: EventName[]): void {
  const now = standing(desk);
  if (now === "stale" && desk.was !== now) names.push(now);
  desk.was = now;
  desk.seen = JSON.stringify(told(desk));
  for (const view of desk.views) view.update(fresh);
  for (const name of names) emit(desk.bus, name, told(desk));
}

/** Fetches the words again, in this or another language, without a reload of the page. */
export async function speak(desk: Desk, locale: string): Promise<void> {
  const boot = await desk.fetch(locale, true);
  if (!boot) return;
  desk.boot = boot;
  show(desk, true);
}

/** Another tab, or the time spent in the back/forward cache, may have changed what stands. */
export function follow(desk: Desk): void {
  if (JSON.stringify(told(desk)) === desk.seen) return;
  show(desk, false, standing(desk) === "withdrawn" ? "withdraw" : "change");
}
