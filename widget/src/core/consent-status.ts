import type { BootPurpose, ConsentSnapshot, ConsentStatus, Context, Feature, StoredConsent } from "./types";

/** What the stored choice is worth now, under the words and facts of today. */
export function consentStatus({ store, boot }: Context): ConsentStatus {
  const stored = store.read();
  if (!stored) return "none";
  if (!(Date.now() < Date.parse(stored.expires_at))) return "expired";
  const hash = stored.locale === boot.locale ? "notice_hash" : "facts_hash";
  // A refusal agreed to nothing that could change.
  return stored.choice !== "granted" || stored[hash] === boot.consent[hash] ? stored.choice : "stale";
}

/** Whether the browser refuses it on every page (Global Privacy Control). */
export const isRefusedByBrowser = ({ gpc }: BootPurpose): boolean => gpc && !!navigator.globalPrivacyControl;

/** Whether the banner's Accept covers it. */
export const isAskedInBanner = (purpose: BootPurpose): boolean =>
  !purpose.required && !purpose.separate && !isRefusedByBrowser(purpose);

/** Whether the visitor has a question to answer. */
export function hasQuestion(context: Context): boolean {
  const status = consentStatus(context);
  return status === "stale" || (/none|expired/.test(status) && context.boot.consent.purposes.some(isAskedInBanner));
}

/** The choice whose grants count. Of a stale one, those that no change is about. */
export const currentGrant = (context: Context): StoredConsent | null =>
  consentStatus(context) === "granted" || (context.staleGrant && hasQuestion(context)) ? context.store.read() : null;

/** Whether a purpose was granted, and is still what it was then. */
export const isGranted = (context: Context, name: string): boolean =>
  !!currentGrant(context)?.purposes[name] && !context.staleGrant?.purposes.includes(name);

/** Whether what is for this purpose may happen now. */
export const isAllowed = (context: Context, purpose: BootPurpose): boolean =>
  purpose.required || (!isRefusedByBrowser(purpose) && isGranted(context, purpose.name));

/** Whether all purposes of a feature are granted, and nothing about the feature has changed since. */
export const isFeatureGranted = (context: Context, feature: Feature): boolean =>
  !context.staleGrant?.features[feature] &&
  !!context.boot.features[feature]?.purposes.every((name) => currentGrant(context)?.purposes[name]);

export const isUnlocked = (context: Context, feature: Feature): boolean =>
  isFeatureGranted(context, feature) && hasAcknowledgedPolicy(context);

/** Whether the stored choice acknowledged today's version of the privacy policy. */
export function hasAcknowledgedPolicy(context: Context): boolean {
  const grant = currentGrant(context);
  return !!grant?.privacy_policy && grant.version === context.boot.consent.privacy_policy.version;
}

/** Whether it was acknowledged, or is ticked anywhere on the page. */
export const hasReadPolicy = (context: Context): boolean =>
  context.tickedPolicy === context.boot.consent.privacy_policy.version || hasAcknowledgedPolicy(context);

/** What the page's listeners are told. */
export function consentSnapshot(context: Context): ConsentSnapshot {
  const { store, boot, ranPurposes } = context;
  const { privacy_policy = false } = store.read() ?? {};
  const purposes = Object.fromEntries(
    boot.consent.purposes.map((purpose) => [purpose.name, isAllowed(context, purpose)]),
  );
  const still_running = [...ranPurposes].filter((name) => !purposes[name]);
  const unlocked = (Object.keys(boot.features) as Feature[]).filter((feature) => isUnlocked(context, feature));
  return { choice: consentStatus(context), purposes, privacy_policy, unlocked, still_running };
}
