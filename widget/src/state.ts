import type { Choice, Desk, Feature, Standing, Store } from "./types";

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
        localStorage.setItem(key, JSON.stringify(choice));
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
  return choice[hash] === boot.consent[hash] ? choice.choice : "stale";
}

export const asks = (desk: Desk): boolean => /none|stale|expired/.test(standing(desk));

export const grant = (desk: Desk): Choice | null => (standing(desk) === "granted" ? desk.store.read() : null);

export function allows(desk: Desk, feature: Feature): boolean {
  const choice = grant(desk);
  return !!choice?.privacy_policy && !!desk.boot.features[feature]?.purposes.every((name) => choice.purposes[name]);
}
