import { pageDocument } from "../../core/page-document";
import { findFocused } from "../../core/floating-hosts";

const TALLEST = 120; // pixels: what is taller shows enough of itself beside the control

/** Moves the control or the launcher out of view while it would hide what has the focus. */
export function stepAside(host: HTMLElement, root: HTMLElement): void {
  const update = (): void => {
    const focused = findFocused();
    if (focused) root.classList.toggle("aside", !host.contains(pageDocument.activeElement) && isHiddenBy(host, focused));
  };
  // Where the focus moves within one shadow root, nothing but the key is told outside of it.
  for (const name of ["focusin", "keyup", "scroll"]) addEventListener(name, update, { capture: true, passive: true });
}

function isHiddenBy(host: HTMLElement, focused: Element): boolean {
  const own = host.getBoundingClientRect();
  // Not of the element itself: a form has its fields in front of its methods.
  const { left, right, top, bottom, height } = Element.prototype.getBoundingClientRect.call(focused);
  return height < TALLEST && right > own.left && left < own.right && bottom > own.top && top < own.bottom;
}
