import type { Choice, Desk, Feature, Purpose, Standing, Store } from "./types";

/** Blocked storage throws, full storage throws on writing: either way memory serves until the page is left. */
export function openStore(site: string): Store {
  const key = `forecourt:${site}`;
  let memory: Choice | null = null;
  let blocked = false;
  return {
    read() {
      try {
        if (!blocked) memory = understood(localStorage.getItem(key));
      } catch {
        blocked = true;
      }
      return memory;
    },
    keep(choice) {
      memory = choice;
      try {
        if (choice) localStorage.setItem(key, JSON.stringify(choice));
        else localStorage.removeItem(key);
      } catch {
        blocked = true;
      }
    },
  };
}

/** The page may have put anything under our key. */
function understood(text: string | null): Choice | null {
  const found = JSON.parse(text!) as Choice | null;
  return found?.purposes ? found : null;
}

/** What the kept choice is worth now, under the words and facts that are asked today. */
export function standing({ store, boot }: Desk): Standing {
  const choice = store.read();
  if (!choice) return "none";
  if (!(Date.now() < Date.parse(choice.expires_at))) return "expired";
  const hash = choice.locale === boot.locale ? "notice_hash" : "facts_hash";
  // A refusal agreed to nothing that could change.
  return choice.choice !== "granted" || choice[hash] === boot.consent[hash] ? choice.choice : "stale";
}

/** The browser has refused it already, on every page (Global Privacy Control). */
export const barred = ({ gpc }: Purpose): boolean => gpc && !!navigator.globalPrivacyControl;

/** What is left to the visitor, and to the first layer. */
export const asksFor = (purpose: Purpose): boolean => !purpose.required && !purpose.separate && !barred(purpose);

export function asks(desk: Desk): boolean {
  const now = standing(desk);
  return now === "stale" || (/none|expired/.test(now) && desk.boot.consent.purposes.some(asksFor));
}

/** The choice whose grants count. Of a stale one, those that no change is about. */
export const grant = (desk: Desk): Choice | null =>
  standing(desk) === "granted" || (desk.stale && asks(desk)) ? desk.store.read() : null;

/** Whether a purpose was granted, and still is what it was then. */
export const holds = (desk: Desk, name: string): boolean => !!grant(desk)?.purposes[name] && !desk.stale?.asks.includes(name);

/** What is said of a purpose that is not asked about: nothing, where only a change is asked. */
export const keeps = (desk: Desk, name: string): boolean | undefined => (desk.stale ? undefined : holds(desk, name));

/** Whether what is for this purpose may happen now. */
export const stands = (desk: Desk, purpose: Purpose): boolean =>
  purpose.required || (!barred(purpose) && holds(desk, purpose.name));

export function allows(desk: Desk, feature: Feature): boolean {
  const choice = grant(desk);
  const needs = desk.boot.features[feature]?.purposes;
  return !desk.stale?.features[feature] && !!choice?.privacy_policy && !!needs?.every((name) => choice.purposes[name]);
}

/** The privacy policy was read as it stands today. */
export const hasRead = (desk: Desk): boolean =>
  !!grant(desk)?.privacy_policy && desk.store.read()!.version === desk.boot.consent.privacy_policy.version;
