import type { Page } from "./types";

/** The region a visitor chose, from the page's address. Anything else there under our name is ignored. */
const REGION_PARAMETER = /[?&]forecourt-region=(EU|UK|US|APAC|)(&|$)/;

/** Reads the script tag that carries us. Null when it names no site. */
export function readPage(): Page | null {
  const script = document.currentScript as HTMLScriptElement | null;
  const { site, locale = "", region = "" } = script?.dataset ?? {};
  const chosen = REGION_PARAMETER.exec(location.search)?.[1] ?? region;
  return script && site ? { script, base: new URL(".", script.src).href, site, locale, region: chosen } : null;
}
