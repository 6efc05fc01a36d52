import { isAllowed } from "../../core/consent-status";
import { externalLink } from "../../core/dom";
import type { Context, FindPurposes } from "../../core/types";
import { findAll } from "./find-all";
import { createFrameCover, type FrameCover, type FrameTerms } from "./frame-cover";

export const FRAMES = "iframe[data-forecourt-purpose][data-src]";

/** Opens frames once their purposes are granted, and empties and covers them while one is not. */
export function createFrames(
  context: Context,
  findPurposes: FindPurposes,
  warn: (sentence: string) => void,
): (fresh: boolean) => void {
  const covers = new Map<HTMLIFrameElement, FrameCover>();
  /** The `data-src` that a frame was opened with. What the page does with its `src` after that is the page's. */
  const opened = new WeakMap<HTMLIFrameElement, string>();
  /** Those that the visitor showed once, with the terms of that. They are in no storage. */
  const shownOnce = new WeakMap<HTMLIFrameElement, string>();

  function openFrame(frame: HTMLIFrameElement, address: string): void {
    if (opened.get(frame) !== address) {
      opened.set(frame, address);
      frame.removeAttribute("srcdoc"); // which would stand in front of `src`
      if (frame.src !== address) loadFrame(frame, address);
    }
    covers.get(frame)?.remove(); // gives the frame the focus, which loading would take away again
    covers.delete(frame);
  }

  function coverFrame(frame: HTMLIFrameElement, terms: FrameTerms, fresh: boolean): void {
    const isLoaded = frame.matches("[src], [srcdoc]");
    const isOurs = opened.delete(frame);
    if (isLoaded && !isOurs) warn("a waiting frame with `src` or `srcdoc` may have been loaded before a choice.");
    // The browser may have brought back a document that it showed here earlier, with no `src`.
    if (isLoaded || isOurs || !covers.has(frame)) emptyFrame(frame);
    const showOnce = (): void => {
      shownOnce.set(frame, termsOfOnce(context, terms));
      showFrames(false);
    };
    const cover = covers.get(frame) ?? createFrameCover(context, frame);
    covers.set(frame, cover);
    cover.draw(terms, fresh, showOnce);
  }

  function removeOldCovers(): void {
    // With a frame that the page removed goes its cover.
    for (const [frame, cover] of covers) if (!frame.isConnected && covers.delete(frame)) cover.remove();
    // So does one that is only the markup of a cover, copied with what was around it.
    const hosts = new Set([...covers.values()].map(({ host }) => host));
    for (const host of findAll(context, "[data-forecourt-cover]")) if (!hosts.has(host)) host.remove();
  }

  function showFrames(fresh: boolean): void {
    removeOldCovers();
    for (const frame of findAll<HTMLIFrameElement>(context, FRAMES)) {
      const { protocol, host: owner, href } = externalLink("", frame.dataset["src"]!);
      const purposes = findPurposes(frame);
      // A `javascript:` address would be a script that waits for nobody.
      if (!purposes || !/^http/.test(protocol)) continue;
      const terms = { owner, purposes };
      const isGranted = purposes.every((purpose) => isAllowed(context, purpose));
      if (isGranted || shownOnce.get(frame) === termsOfOnce(context, terms)) openFrame(frame, href);
      else coverFrame(frame, terms, fresh);
    }
  }

  return showFrames;
}

/** Showing once is for one host, until the visitor refuses or withdraws: a later refusal is another record. */
const termsOfOnce = ({ store }: Context, { owner }: FrameTerms): string =>
  owner + /"choice":"[^g].*|$/.exec(JSON.stringify(store.read()))![0];

function emptyFrame(frame: HTMLIFrameElement): void {
  frame.removeAttribute("src");
  frame.removeAttribute("srcdoc");
  renewFrame(frame);
}

/**
 * Loads a frame under a name that is used once. When the visitor comes back to this page, the browser brings back the
 * documents of frames by their names, whatever was withdrawn since.
 */
function loadFrame(frame: HTMLIFrameElement, address: string): void {
  const name = frame.getAttribute("name");
  frame.name = `${Math.random()}`;
  renewFrame(frame);
  if (name == null) frame.removeAttribute("name");
  else frame.name = name;
  frame.src = address;
}

/** Moving a frame to where it stands already empties it, and leaves no trace in the page's history. */
const renewFrame = (frame: HTMLIFrameElement): unknown => frame.parentNode!.insertBefore(frame, frame.nextSibling);
