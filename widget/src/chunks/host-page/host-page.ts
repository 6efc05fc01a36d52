import { consentSnapshot } from "../../core/consent-status";
import type { Chunks, Context } from "../../core/types";
import { clearPurposeData } from "./clear-purpose-data";
import { updateConsentMode } from "./consent-mode";
import { createFrames, FRAMES } from "./frames";
import { createPurposeFinder, createWarner } from "./purpose-finder";
import { createResources, findNeverWaiting } from "./resources";
import { createScripts } from "./scripts";

/** Chunk: what of the page waits for a purpose, what dropped purposes left, and consent mode. */
export default function createHostPage(context: Context): Chunks["host-page"] {
  const warn = createWarner();
  const findPurposes = createPurposeFinder(context, warn);
  const runScripts = createScripts(context, findPurposes);
  const showResources = createResources(context, findPurposes);
  const showFrames = createFrames(context, findPurposes, warn);
  const observer = new MutationObserver((changes) => {
    if (changes.some(({ target }) => (target as Element).matches(FRAMES))) showFrames(false);
  });
  let lastState = "";
  // A script that has run may go on storing until the page is left.
  addEventListener("pagehide", () => clearPurposeData(context));

  function attendHostPage(fresh: boolean): void {
    const { choice, purposes } = consentSnapshot(context);
    const state = JSON.stringify([choice, purposes, context.boot.google_data_layer in window]);
    if (state !== lastState) {
      clearPurposeData(context);
      updateConsentMode(context);
    }
    lastState = state;
    for (const root of [document, ...context.shadowRoots]) watchFrames(observer, root);
    findNeverWaiting(context).forEach(warn);
    showFrames(fresh);
    showResources();
    // Scripts run last: one may ask consent mode what is granted.
    runScripts();
  }

  return { attendHostPage };
}

/** A lazy loader sets `src`, and an application another `data-src`: neither waits until the page is looked through again. */
const watchFrames = (observer: MutationObserver, root: Node): void =>
  observer.observe(root, { subtree: true, attributeFilter: ["src", "srcdoc", "data-src"] });
