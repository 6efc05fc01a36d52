import type { Page } from "./types";

/** What a visitor chose stands in the page's address; anything else there under our name is no choice. */
const CHOSEN = /[?&]forecourt-region=(EU|UK|US|APAC|)(&|$)/;

/** Reads the script tag that carries us; null when it names no site. */
export function readPage(): Page | null {
  const script = document.currentScript as HTMLScriptElement | null;
  const { site, locale = "", region = "" } = script?.dataset ?? {};
  const chosen = CHOSEN.exec(location.search)?.[1] ?? region;
  return script && site ? { script, base: new URL(".", script.src).href, site, locale, region: chosen } : null;
}

/** An async script may run before the page is parsed, and its places come later. */
export function parsed(): Promise<unknown> | false {
  return document.readyState === "loading" && new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
}
