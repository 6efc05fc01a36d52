import { dress, el } from "./dom";
import { PLACE } from "./style";
import type { Desk, Kind, Page, Spot } from "./types";

export const hostsOf = (): NodeListOf<HTMLElement> => document.querySelectorAll("[data-forecourt]");

/** The page's places; a page with none of them gets the policy. */
export function findSpots(page: Page): Spot[] {
  if (!hostsOf()[0]) placeFor(page);
  return [...hostsOf()].map(prepare);
}

/** What the tag says, or else the nearest `lang`, read where the words stand. */
export const spokenIn = (page: Page): string =>
  page.locale || (hostsOf()[0] ?? document.body).closest<HTMLElement>("[lang]")?.lang || "";

/** Where the script stands; in the head nothing can be seen, so the end of the body serves. */
function placeFor({ script }: Page): HTMLElement {
  const place = el("div", { "data-forecourt": "policy" });
  if (document.body.contains(script)) script.after(place);
  else document.body.append(place);
  return place;
}

export function prepare(host: HTMLElement): Spot {
  const root = el("div", { class: "root" });
  const shadow = attach(host);
  const style = (css: string): void => dress(shadow, css);
  style(PLACE);
  shadow.append(root);
  return { kind: host.dataset["forecourt"] as Kind, host, root, style };
}

/** Some elements take no shadow root, or have one already: then a child of ours does. */
function attach(host: HTMLElement): ShadowRoot {
  try {
    return host.attachShadow({ mode: "open" });
  } catch {
    return attach(host.appendChild(el("div")));
  }
}

/** With the site's own look, which comes with the boot. */
export function dressed(spot: Spot, { boot }: Desk): Spot {
  spot.style(boot.look.css);
  return spot;
}
