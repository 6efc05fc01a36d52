import { fetchBoot } from "./boot";
import { tryChunk } from "./chunks";
import { consentSnapshot, consentStatus } from "./consent-status";
import { emit } from "./events";
import type { Context, EventName } from "./types";

/** Draws what the state has become, and tells the page's listeners. `fresh`: the words are new as well. */
export function redraw(context: Context, fresh: boolean, ...events: EventName[]): void {
  const snapshot = consentSnapshot(context);
  if (snapshot.choice === "stale" && context.drawn?.choice !== "stale") events.push("stale");
  context.drawn = snapshot;
  for (const view of context.views) view.update(fresh);
  for (const name of events) emit(context.events, name, snapshot);
}

/** Fetches the words again, in this or another language, without a reload of the page. */
export async function reloadWords(context: Context, locale: string): Promise<void> {
  context.boot = (await fetchBoot(context, locale, "no-cache")) ?? context.boot;
  await reviewStaleGrant(context);
  redraw(context, true);
}

/** Asks the server which part of a stale grant still holds. Where it is not reached, none does. */
export async function reviewStaleGrant(context: Context): Promise<void> {
  context.staleGrant = undefined;
  if (consentStatus(context) === "stale" && context.store.read()!.token)
    await tryChunk(context, "stale-grant", (review) => review());
}
