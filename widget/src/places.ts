import { dress, el } from "./dom";
import { PLACE } from "./style";
import type { Kind, Page, Spot } from "./types";

/** The page's places; a page with none of them gets the policy. */
export function findSpots(page: Page): Spot[] {
  const hosts = [...document.querySelectorAll<HTMLElement>("[data-forecourt]")];
  return (hosts.length ? hosts : [placeFor(page)]).map(prepare);
}

/** Where the script stands; in the head nothing can be seen, so the end of the body serves. */
function placeFor({ script }: Page): HTMLElement {
  const place = el("div", { "data-forecourt": "policy" });
  if (document.body.contains(script)) script.after(place);
  else document.body.append(place);
  return place;
}

function prepare(host: HTMLElement): Spot {
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
