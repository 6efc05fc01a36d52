import { callApi } from "../../core/api-client";
import { joinNames, t } from "../../core/strings";
import type { Chunks, ConsentChange, Context, Feature, StaleGrant } from "../../core/types";
import { storeWithdrawal } from "../../core/withdrawal";
import { bearer } from "../choice/gated-calls";

/** Chunk: what to ask of a visitor whose grant is no longer what they agreed to. */
export default function createReview(context: Context): Chunks["stale-grant"] {
  return () => reviewGrant(context);
}

/** Asks the server what the grant is still worth under today's words: some of it may still hold. */
async function reviewGrant(context: Context): Promise<void> {
  const { page, boot, store } = context;
  const stored = store.read()!;
  const { locale, consent } = boot;
  const { notice_hash, facts_hash } = consent;
  const request: RequestInit = { headers: bearer(stored.token!), cache: "no-cache" };
  const { ok, data } = await callApi(page, "GET", `consents/current?locale=${locale}`, request);
  if (!ok) return;
  const { state, expires_at = "", changes = [] } = data;
  if (state === "stale") context.staleGrant = toStaleGrant(context, changes, !!stored.privacy_policy);
  else if (state === "expired") store.write({ ...stored, expires_at });
  else if (state === "granted") store.write({ ...stored, locale, notice_hash, facts_hash });
  else storeWithdrawal(context, stored);
}

function toStaleGrant(context: Context, changes: readonly ConsentChange[], needsPolicyRead: boolean): StaleGrant {
  const { features, consent } = context.boot;
  const purposes = changes.flatMap((change) => change.purposes);
  const together = consent.purposes
    .filter(({ name, separate }) => !separate && purposes.includes(name))
    .map(({ name }) => name);
  const uses = (feature: Feature, names: readonly string[]): boolean =>
    features[feature]!.purposes.some((name) => names.includes(name));
  const isLocked = (name: Feature): boolean =>
    changes.some((change) => (change.feature ? change.feature === name : uses(name, change.purposes)));
  const sentencesFor = (name: Feature): string[] =>
    describe(
      context,
      changes.filter((change) => uses(name, change.purposes)),
    );
  const locked = (Object.keys(features) as Feature[]).filter(isLocked);
  return {
    sentences: describe(context, changes),
    needsPolicyRead,
    purposes,
    askedTogether: together[0] ? together : purposes,
    features: Object.fromEntries(locked.map((name) => [name, sentencesFor(name)])),
  };
}

/** One sentence for everything it is true of, with the names before it. */
function describe(context: Context, changes: readonly ConsentChange[]): string[] {
  const titlesByText = new Map<string, Set<string>>();
  for (const { feature, purposes, text } of changes) {
    const changed = context.boot.consent.purposes.filter(({ name }) => purposes.includes(name));
    const titles = feature ? [t(context, `${feature}.title`)] : changed.map(({ title }) => title);
    titlesByText.set(text, new Set([...(titlesByText.get(text) ?? []), ...titles]));
  }
  return [...titlesByText].map(([text, titles]) => `${joinNames(context, [...titles])}: ${text}`);
}
