import type { Kit } from "./types";

const AREAS = ["localStorage", "sessionStorage"] as const;

/** Clears what purposes that do not stand may have left in the page, as far as a page can reach it. */
export function clear({ desk, stands, told }: Kit): void {
  // Without an answer, or with one that has to be given anew, nothing was refused.
  if (/none|stale/.test(told(desk).choice)) return;

  function each(kind: "cookies" | "storage", found: () => string[], end: (name: string) => void): void {
    const of = (standing: boolean): string[] =>
      desk.boot.consent.purposes.filter((one) => stands(desk, one) === standing).flatMap((one) => one[kind]);
    try {
      if (of(false)[0]) found().filter((name) => fits(of(false), name) && !fits(of(true), name)).forEach(end);
    } catch {
      // Blocked, so there is nothing.
    }
  }

  each("cookies", () => document.cookie.split("; ").map((one) => one.split("=")[0]!), expire);
  for (const area of AREAS) each("storage", () => Object.keys(window[area]), (name) => window[area].removeItem(name));
}

/** A name that ends in * is the beginning of many. */
const fits = (names: readonly string[], found: string): boolean =>
  names.some((name) => (name.endsWith("*") ? found.startsWith(name.slice(0, -1)) : found === name));

/** Of this host and each domain above it, on this page's path and each above that. */
function expire(name: string): void {
  const secure = location.protocol === "https:" ? ";secure" : "";
  for (let path = location.pathname; path; path = path.replace(/\/$|[^/]+$/, "")) {
    const gone = `${name}=;path=${path};max-age=0${secure}`;
    document.cookie = gone;
    for (let domain = location.hostname; domain; domain = domain.replace(/^[^.]*\.?/, "")) document.cookie = `${gone};domain=${domain}`;
  }
}
