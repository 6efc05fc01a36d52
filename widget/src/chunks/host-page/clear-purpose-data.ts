import { consentStatus, isAllowed } from "../../core/consent-status";
import { pageDocument } from "../../core/page-document";
import type { Context } from "../../core/types";

const AREAS = ["localStorage", "sessionStorage"] as const;

/** Clears what purposes that are not granted may have left in the page, as far as a page can reach it. */
export function clearPurposeData(context: Context): void {
  // Without an answer, or where it has to be given anew, nothing was refused.
  if (/none|stale/.test(consentStatus(context))) return;

  function clearNames(kind: "cookies" | "storage", findNames: () => string[], remove: (name: string) => void): void {
    const patterns = (isGranted: boolean): string[] =>
      context.boot.consent.purposes
        .filter((purpose) => isAllowed(context, purpose) === isGranted)
        .flatMap((purpose) => purpose[kind]);
    const [dropped, granted] = [patterns(false), patterns(true)];
    try {
      if (dropped[0])
        findNames()
          .filter((name) => matches(dropped, name) && !matches(granted, name))
          .forEach(remove);
    } catch {
      // Storage is blocked, so there is nothing to clear.
    }
  }

  clearNames("cookies", () => pageDocument.cookie.split("; ").map((cookie) => cookie.split("=")[0]!), expireCookie);
  for (const area of AREAS)
    clearNames(
      "storage",
      () => Object.keys(window[area]),
      (name) => window[area].removeItem(name),
    );
}

/** A `*` at the end of a pattern stands for the rest of a name. */
const matches = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));

/** Expires a cookie of this host and each domain above it, on this page's path and each above that. */
function expireCookie(name: string): void {
  const secure = location.protocol === "https:" ? ";secure" : "";
  for (let path = location.pathname; path; path = path.replace(/\/$|[^/]+$/, "")) {
    const expired = `${name}=;path=${path};max-age=0${secure}`;
    writeCookie(expired);
    for (let domain = location.hostname; domain; domain = domain.replace(/^[^.]*\.?/, ""))
      writeCookie(`${expired};domain=${domain}`);
  }
}

/** Assigning to `document.cookie` does nothing where an element has that name. */
const writeCookie = (cookie: string): unknown => Reflect.set(Document.prototype, "cookie", cookie, document);
