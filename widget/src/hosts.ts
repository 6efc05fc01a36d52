import { clear } from "./clear";
import { createFrames } from "./frames";
import { createNeeds } from "./needs";
import { createScripts } from "./scripts";
import { tell } from "./signals";
import type { Attend, Kit } from "./types";

/** The page's own scripts and frames that wait for a purpose, what dropped ones left, and what its other tools are told. */
export default function hosts(kit: Kit): Attend {
  const { desk, told } = kit;
  const needs = createNeeds(kit);
  const [run, show] = [createScripts(kit, needs), createFrames(kit, needs)];
  let last = "";
  // A script that has run may go on storing until the page is left.
  addEventListener("pagehide", () => clear(kit));
  return (fresh) => {
    const { choice, purposes } = told(desk);
    const now = JSON.stringify([choice, purposes, "dataLayer" in window]);
    if (now !== last) {
      clear(kit);
      tell(kit);
    }
    last = now;
    show(fresh);
    // Not before those tools know: it might ask them.
    run();
  };
}
