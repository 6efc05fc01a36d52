import { pageDocument } from "./page-document";
import type { Context } from "./types";

const TAKEOVER_TIME = 1000; // ms

/** What has the focus, also inside shadow roots. */
export function findFocused(): Element | null {
  let { activeElement } = pageDocument;
  while (activeElement?.shadowRoot?.activeElement) activeElement = activeElement.shadowRoot.activeElement;
  return activeElement;
}

/**
 * Puts our hosts into the top layer, the banner before the page's body and the rest after it: no transform, `inert` or
 * markup of the body reaches them there. Only the content of an open modal dialog can be used, so then they stand in it.
 * Frameworks that take over a server-rendered page bear additions at the end of its body alone until they are done.
 */
export function placeHosts({ floatingHosts, isPageIdle }: Context): void {
  const { activeElement, body } = pageDocument;
  const focused = findFocused() as HTMLElement;
  const root = body.parentNode!;
  const parent = [...pageDocument.querySelectorAll("dialog:modal")].at(-1) ?? (isPageIdle ? root : body);
  floatingHosts.forEach((host, index) => {
    host.style.setProperty("--page-font", getComputedStyle(body).fontFamily);
    // What somebody removed by itself has no parent, and stays away. Before, it may have gone with all of the body.
    if (host.parentNode !== parent && (host.parentNode || !isPageIdle)) {
      parent.insertBefore(host, index || parent !== root ? null : body);
      if (host.contains(activeElement)) focused.focus();
    }
    try {
      host.showPopover();
    } catch {
      // It is shown already, or the browser has no popovers.
    }
  });
}

/** Places them again when the page has been at rest for a while after it was loaded, or with the first key. */
export function settleHosts(context: Context): void {
  const settle = (): void => {
    // What went with all of the body a moment ago comes back first.
    placeHosts(context);
    context.isPageIdle = true;
    placeHosts(context);
  };
  const wait = (): unknown => setTimeout(settle, TAKEOVER_TIME);
  addEventListener("keydown", settle, { once: true, capture: true });
  if (pageDocument.readyState === "complete") wait();
  else addEventListener("load", wait);
}
