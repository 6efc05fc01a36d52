import { parseJson } from "./json";
import type { ConsentStore, StoredConsent } from "./types";

/** Opens the page's storage. Where it is blocked or full, memory serves until the page is left. */
export function openStore(site: string): ConsentStore {
  const key = `forecourt:${site}`;
  let memory: StoredConsent | null = null;
  let isBlocked = false;
  return {
    read() {
      try {
        if (!isBlocked) memory = parseConsent(localStorage.getItem(key));
      } catch {
        isBlocked = true;
      }
      return memory;
    },
    write(consent) {
      memory = consent;
      try {
        if (consent) localStorage.setItem(key, JSON.stringify(consent));
        else localStorage.removeItem(key);
      } catch {
        isBlocked = true;
      }
    },
  };
}

/** The page may have put anything under our key. */
function parseConsent(text: string | null): StoredConsent | null {
  const consent = parseJson(text!) as StoredConsent | null;
  return consent?.purposes ? consent : null;
}
