import type { Context } from "../../core/types";

/** What a keyboard on the screen takes at least, in CSS pixels. Less is a bar of the browser. */
const KEYBOARD = 120;

/** Keeps the panel clear of the banner, the control and the launcher, and above a phone's keyboard. Returns what does so. */
export function keepClear({ floatingHosts }: Context, host: HTMLElement): () => void {
  const { style } = host;
  const observer = new ResizeObserver(makeRoom);

  function makeRoom(): void {
    for (const other of floatingHosts) if (other !== host) observer.observe(other);
    if (host.hidden) return;
    const { left, right } = host.getBoundingClientRect();
    let [top, bottom] = [0, 0];
    for (const other of floatingHosts) {
      const rect = other.getBoundingClientRect();
      if (other === host || other.inert || !rect.height || rect.right <= left || rect.left >= right) continue;
      if (rect.top + rect.bottom > innerHeight) bottom = Math.max(bottom, innerHeight - rect.top);
      else top = Math.max(top, rect.bottom);
    }
    style.setProperty("--top", `${top}px`);
    style.setProperty("--bottom", `${keyboardHeight() || bottom}px`);
  }

  // The control comes after a choice.
  new MutationObserver(makeRoom).observe(document.documentElement, { childList: true });
  for (const target of [window, visualViewport!]) target.addEventListener("resize", makeRoom);
  return makeRoom;
}

/** How much of the page's foot a keyboard covers. What is under it needs no room. */
function keyboardHeight(): number {
  const { height, offsetTop, scale } = visualViewport!;
  const covered = innerHeight - height - offsetTop;
  return scale === 1 && covered > KEYBOARD ? covered : 0;
}
