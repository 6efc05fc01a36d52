import type { Kit } from "./types";

interface Host {
  dataLayer?: { push(entry: unknown): unknown };
  gtag?: (...command: unknown[]) => unknown;
}

/** Tells Google's tags (consent mode) and the page's data layer what stands, where there are any and once a choice was made. */
export function tell({ desk, told }: Kit): void {
  const { choice, purposes } = told(desk);
  const { dataLayer, gtag = dataLayer && through(dataLayer) } = window as Host;
  if (choice === "none") return;
  const types: Record<string, string> = {};
  // A type that several purposes cover is granted by all of them together.
  for (const { name, google } of desk.boot.consent.purposes) {
    for (const type of google) types[type] = purposes[name] && types[type] !== "denied" ? "granted" : "denied";
  }
  try {
    if (Object.keys(types)[0]) gtag?.("consent", "update", types);
    dataLayer?.push({ event: "forecourt.consent", choice, purposes });
  } catch (fault) {
    reportError(fault); // The page's own.
  }
}

/** Google's tags take nothing but an `arguments` object for a command. */
const through = (layer: NonNullable<Host["dataLayer"]>) =>
  function (..._: unknown[]): void {
    layer.push(arguments);
  };
