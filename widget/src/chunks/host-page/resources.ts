import { isAllowed } from "../../core/consent-status";
import { externalLink } from "../../core/dom";
import type { Context, FindPurposes } from "../../core/types";
import { findAll } from "./find-all";
import { FRAMES } from "./frames";
import { WAITING_SCRIPTS } from "./scripts";

/** Written as `data-src` and so on while they wait. */
const ATTRIBUTES = ["src", "srcset", "href", "poster"];
const RESOURCES = ":is(img, source, video, audio, track, input, link)[data-forecourt-purpose]";
const WAITING = ATTRIBUTES.map((name) => `${RESOURCES}[data-${name}]`).join();
const NEVER_WAITING = `[data-forecourt-purpose]:not(${WAITING_SCRIPTS}, ${FRAMES}, ${WAITING})`;

/** Gives pictures, media and links their addresses once their purposes are granted, and takes them away again. */
export function createResources(context: Context, findPurposes: FindPurposes): () => void {
  /** The addresses that an element got. What the page does with them after that is the page's. */
  const opened = new WeakMap<HTMLElement, string>();

  function attend(element: HTMLElement): void {
    const purposes = findPurposes(element);
    if (!purposes) return;
    const addresses = purposes.every((purpose) => isAllowed(context, purpose)) ? waitingAddresses(element) : {};
    const json = JSON.stringify(addresses);
    if (opened.get(element) === json) return;
    opened.set(element, json);
    for (const name of ATTRIBUTES) setAddress(element, name, addresses[name]);
    // Media that were loading go on until they are told.
    element.closest<HTMLMediaElement>("video, audio")?.load();
  }

  return () => findAll(context, WAITING).forEach(attend);
}

/** Names what has a purpose and is fetched all the same. */
export function findNeverWaiting(context: Context): string[] {
  return findAll(context, NEVER_WAITING).map(({ localName }) => `nothing holds back <${localName} data-forecourt-purpose>.`);
}

const waitingAddresses = ({ dataset }: HTMLElement): Record<string, string> =>
  Object.fromEntries(ATTRIBUTES.flatMap((name) => (isAddress(name, dataset[name]) ? [[name, dataset[name]!]] : [])));

/** A `javascript:` address would be a script that waits for nobody. */
const isAddress = (name: string, value: string | undefined): boolean =>
  !!value && (name === "srcset" || /^http/.test(externalLink("", value).protocol));

function setAddress(element: HTMLElement, name: string, address: string | undefined): void {
  if (address) element.setAttribute(name, address);
  else if (element.dataset[name]) element.removeAttribute(name);
}
