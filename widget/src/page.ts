import type { Page } from "./types";

/** Reads the script tag that carries us; null when it names no site. */
export function readPage(): Page | null {
  const script = document.currentScript as HTMLScriptElement | null;
  const { site, locale = "", region = "" } = script?.dataset ?? {};
  return script && site ? { script, base: new URL(".", script.src).href, site, locale, region } : null;
}

/** An async script may run before the page is parsed, and its places come later. */
export function parsed(): Promise<unknown> | false {
  return document.readyState === "loading" && new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
}
