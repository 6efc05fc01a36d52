import { consentSnapshot } from "../../core/consent-status";
import type { Context } from "../../core/types";

type DataLayer = unknown[];

type Gtag = (...command: unknown[]) => unknown;

/** Tells Google's tags (consent mode) and the page's data layer what is granted, where it has them, after a choice. */
export function updateConsentMode(context: Context): void {
  const { choice, purposes } = consentSnapshot(context);
  const page = window as unknown as Record<string, unknown>;
  const { gtag: pageGtag, [context.boot.google_data_layer]: layer } = page;
  // An element or a frame of such a name is neither.
  const dataLayer = Array.isArray(layer) ? (layer as DataLayer) : undefined;
  const gtag = pageGtag instanceof Function ? (pageGtag as Gtag) : dataLayer && createGtag(dataLayer);
  if (choice === "none") return;
  const types: Record<string, string> = {};
  // A type that several purposes cover is granted when all of them are.
  for (const { name, google } of context.boot.consent.purposes) {
    for (const type of google) types[type] = purposes[name] && types[type] !== "denied" ? "granted" : "denied";
  }
  try {
    if (Object.keys(types)[0]) gtag?.("consent", "update", types);
    dataLayer?.push({ event: "forecourt.consent", choice, purposes });
  } catch (error) {
    reportError(error); // the page's own
  }
}

/** Google's tags take a command only as an `arguments` object. */
const createGtag = (layer: DataLayer): Gtag =>
  function (): void {
    layer.push(arguments);
  };
