import { consentSnapshot } from "../../core/consent-status";
import type { BootPurpose, Chunks, Context, FindPurposes } from "../../core/types";
import { clearPurposeData } from "./clear-purpose-data";
import { updateConsentMode } from "./consent-mode";
import { createFrames } from "./frames";
import { createScripts } from "./scripts";

/** Chunk: the page's scripts and frames that wait for a purpose, what dropped purposes left, and consent mode. */
export default function createHostPage(context: Context): Chunks["host-page"] {
  const findPurposes = createPurposeFinder(context);
  const runScripts = createScripts(context, findPurposes);
  const showFrames = createFrames(context, findPurposes);
  let lastState = "";
  // A script that has run may go on storing until the page is left.
  addEventListener("pagehide", () => clearPurposeData(context));

  function attendHostPage(fresh: boolean): void {
    const { choice, purposes } = consentSnapshot(context);
    const state = JSON.stringify({ choice, purposes, hasLayer: "dataLayer" in window });
    if (state !== lastState) {
      clearPurposeData(context);
      updateConsentMode(context);
    }
    lastState = state;
    showFrames(fresh);
    // Scripts run last: one may ask consent mode what is granted.
    runScripts();
  }

  return { attendHostPage };
}

/** Warns once about each name that the site does not have. */
function createPurposeFinder(context: Context): FindPurposes {
  const warned = new Set<string>();

  function findPurpose(name: string): BootPurpose | undefined {
    const purpose = context.boot.consent.purposes.find((offered) => offered.name === name);
    if (!purpose && !warned.has(name)) console.warn(`forecourt: there is no purpose "${name}".`);
    if (!purpose) warned.add(name);
    return purpose;
  }

  return (element) => {
    const names = element.dataset["forecourtPurpose"]!.trim().split(/\s+/);
    const purposes = names.map(findPurpose).filter((purpose) => !!purpose);
    return purposes.length === names.length ? purposes : null;
  };
}
