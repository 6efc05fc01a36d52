import { emit } from "./events";
import { use } from "./kit";
import { settle } from "./settle";
import { allows, standing, stands } from "./state";
import type { Desk, EventName, Feature, Told } from "./types";

/** What a listener of the page is told. */
export function told(desk: Desk): Told {
  const { privacy_policy = false } = desk.store.read() ?? {};
  const purposes = Object.fromEntries(desk.boot.consent.purposes.map((each) => [each.name, stands(desk, each)]));
  const still_running = [...desk.ran].filter((name) => !purposes[name]);
  const unlocked = (Object.keys(desk.boot.features) as Feature[]).filter((name) => allows(desk, name));
  return { choice: standing(desk), purposes, privacy_policy, unlocked, still_running };
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
  desk.boot = (await desk.fetch(locale, true)) ?? desk.boot;
  await review(desk);
  show(desk, true);
}

/** Another tab, the time spent in the back/forward cache or without a network may have changed what stands. */
export async function follow(desk: Desk): Promise<void> {
  void settle(desk);
  if (JSON.stringify(told(desk)) === desk.seen) return;
  await review(desk);
  show(desk, false, standing(desk) === "withdrawn" ? "withdraw" : "change");
}

/** Of a stale grant some may stand: the server knows, and where it is not reached nothing does. */
export async function review(desk: Desk): Promise<void> {
  desk.stale = null;
  if (standing(desk) === "stale" && desk.store.read()!.token) await use(desk, ({ review }) => review());
}
