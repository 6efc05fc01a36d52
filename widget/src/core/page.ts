import { pageDocument } from "./page-document";
import type { Page } from "./types";

/** The region a visitor chose, from the page's address. Anything else there under our name is ignored. */
const REGION_PARAMETER = /forecourt-region=(EU|UK|US|APAC|)(&|$)/;

/**
 * Reads the tag that carries us: its `data-` attributes, or the query of its `src` where a tag manager dropped those.
 * Modules and some loaders hide which tag it is, or run a copy of us (`blob:`), and then it is looked for: its address
 * begins with `http`. Where it names no site, the console is told.
 */
export function readPage(): Page | void {
  const tags = [pageDocument.currentScript, pageDocument.querySelector("script[src*='/embed.js']")];
  const script = (tags as HTMLScriptElement[]).find((tag) => /^h/.test(tag?.src));
  const query = new URLSearchParams(script?.src.split("?")[1]);
  const { site, locale = "", region = "" }: DOMStringMap = { ...Object.fromEntries(query), ...script?.dataset };
  const chosen = REGION_PARAMETER.exec(location.search)?.[1] ?? region;
  return site
    ? ({ __proto__: null, script: script!, base: new URL(".", script!.src).href, site, locale, region: chosen } as Page)
    : console.error("forecourt: no data-site or ?site=");
}
