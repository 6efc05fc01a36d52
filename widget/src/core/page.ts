import { pageDocument } from "./page-document";
import type { Page } from "./types";

/** The region a visitor chose, from the page's address. Anything else there under our name is ignored. */
const REGION_PARAMETER = /forecourt-region=(EU|UK|US|APAC|)(&|$)/;

/** Reads the script tag that carries us. Where it names no site, or is a module, the console is told. */
export function readPage(): Page | void {
  const script = pageDocument.currentScript as HTMLScriptElement | null;
  const { site, locale = "", region = "" } = script?.dataset ?? {};
  const chosen = REGION_PARAMETER.exec(location.search)?.[1] ?? region;
  return site
    ? { script: script!, base: new URL(".", script!.src).href, site, locale, region: chosen }
    : console.error("forecourt: no data-site");
}
