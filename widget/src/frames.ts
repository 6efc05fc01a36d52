import { createCover, type Cover } from "./cover";
import type { Needs } from "./needs";
import type { Kit, Purpose } from "./types";

/** Frames open once their purposes are granted, and are emptied when one no longer is. Until then a cover stands there. */
export function createFrames(kit: Kit, needs: Needs): (fresh: boolean) => void {
  const { away, desk, stands } = kit;
  const covers = new Map<HTMLIFrameElement, Cover>();

  function open(frame: HTMLIFrameElement, address: string): void {
    covers.get(frame)?.take();
    covers.delete(frame);
    if (!frame.hasAttribute("src")) frame.src = address;
  }

  function close(frame: HTMLIFrameElement, who: string, purposes: readonly Purpose[], fresh: boolean): void {
    const cover = covers.get(frame) ?? createCover(kit, frame, who, purposes);
    if (fresh || !covers.has(frame)) cover.draw();
    covers.set(frame, cover);
  }

  return (fresh) => {
    // One that the page took out takes along what stood in its place.
    for (const [frame, cover] of covers) if (!frame.isConnected && covers.delete(frame)) cover.take();
    for (const frame of document.querySelectorAll<HTMLIFrameElement>("iframe[data-forecourt-purpose][data-src]")) {
      const { protocol, "host": who, href } = away("", frame.dataset["src"]!);
      const purposes = needs(frame);
      // A `javascript:` address would be a script that waits for nobody.
      if (!purposes || !/^http/.test(protocol)) continue;
      if (purposes.every((purpose) => stands(desk, purpose))) open(frame, href);
      else close(frame, who, purposes, fresh);
    }
  };
}
