import { placeHosts } from "../../core/floating-hosts";
import { pageDocument } from "../../core/page-document";
import type { Context } from "../../core/types";

/** A view that has no room for a panel beside the page: a phone's, or a page that is enlarged to 400%. */
const NARROW = "(width < 47rem), (height < 30rem)";
/** Marks the entry of the page's history that going back leaves. */
const MARK = "forecourt-panel";

export interface FullScreen {
  /** Takes the whole screen while the panel is open in a narrow view, and gives it back. */
  follow(isOpen: boolean): void;
}

/**
 * On a phone the panel fills the screen. The page behind it is inert then, but for the banner and the control, and going
 * back closes it: an entry of the history stands for it, with the page's own address and state, so that a router of the page
 * finds nothing to do.
 */
export function createFullScreen(context: Context, host: HTMLElement, close: () => void): FullScreen {
  const narrow = matchMedia(NARROW);
  let inertBody: HTMLElement | undefined;
  let isGoingBack = false;

  function enter(): void {
    const { body } = pageDocument;
    // Whoever clicks uses the page: no framework is about to take over what the server rendered.
    context.isPageIdle = true;
    placeHosts(context);
    // In a modal dialog of the page the rest of it is inert already.
    if (!body.inert && host.parentNode === body.parentNode) (inertBody = body).inert = true;
    setLauncherInert(context, true);
    raiseOthers(context, host);
    if (host.ariaModal) return;
    host.ariaModal = "true";
    pushEntry();
  }

  function leave(): void {
    if (inertBody) inertBody.inert = false;
    inertBody = undefined;
    setLauncherInert(context, false);
    if (!host.ariaModal) return;
    host.ariaModal = null;
    isGoingBack = isOurEntry();
    if (isGoingBack) history.back();
  }

  function follow(isOpen: boolean): void {
    if (isOpen && narrow.matches) enter();
    else leave();
  }

  function handlePop(): void {
    if (!isGoingBack && host.ariaModal && !isOurEntry()) close();
    isGoingBack = false;
  }

  narrow.addEventListener("change", () => follow(!host.hidden));
  addEventListener("popstate", handlePop);
  return { follow };
}

const isOurEntry = (): boolean => !!(history.state as Record<string, unknown> | null)?.[MARK];

/** A sandboxed page has no history of its own. */
function pushEntry(): void {
  try {
    history.pushState({ ...(history.state as object), [MARK]: true }, "");
  } catch {
    // Then only its buttons and Escape close the panel.
  }
}

/** What was shown before the panel stands under it. What it leaves room for goes above. */
function raiseOthers({ floatingHosts }: Context, host: HTMLElement): void {
  for (const other of floatingHosts) {
    if (other === host || other.inert || other.hidden) continue;
    other.hidePopover();
    other.showPopover();
  }
}

/** It is under the panel, which has a button that closes it. */
function setLauncherInert({ floatingHosts }: Context, isInert: boolean): void {
  for (const other of floatingHosts) if (other.id === "forecourt-launcher") other.inert = isInert;
}
