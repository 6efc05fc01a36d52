import { addStyle, el, setLanguage } from "../../core/dom";
import { placeHosts } from "../../core/floating-hosts";
import { pageDocument } from "../../core/page-document";
import { t } from "../../core/strings";
import { FLOATING_STYLE, makeImportant, PLACEMENT_STYLE } from "../../core/style";
import type { Chunks, Context, Feature } from "../../core/types";
import { createFullScreen } from "./full-screen";
import css from "./launcher.css";
import { createPanel } from "./panel";
import { keepClear } from "./clearance";
import { createUnread } from "./unread";

/** The panel's element in the page. It is one dialog for every launcher of the page. */
function createHost(context: Context): HTMLElement {
  const host = el("div", { id: "forecourt-panel", role: "dialog", popover: "manual", hidden: true });
  addStyle(host.attachShadow({ mode: "open" }), PLACEMENT_STYLE + makeImportant(FLOATING_STYLE + css) + context.boot.theme.css);
  context.floatingHosts.push(host);
  pageDocument.body.append(host);
  placeHosts(context);
  return host;
}

/** Chunk: the panel that launchers open, with what the site offers. Beside it the page goes on; on a phone it is modal. */
export default function createLauncher(context: Context): Chunks["launcher"] {
  const host = createHost(context);
  const countUnread = createUnread(context, () => !host.hidden && !pageDocument.hidden && panel.isShowing("chat"));
  const panel = createPanel(context, host.shadowRoot!, () => setOpen(false), countUnread);
  const fullScreen = createFullScreen(context, host, () => setOpen(false));
  const makeRoom = keepClear(context, host);
  /** What gets the focus back: a launcher's button, or an element of the page whose script called. */
  let opener: HTMLElement | null = null;
  let launcherButton: HTMLElement | undefined;

  function setOpen(isOpen: boolean): void {
    host.hidden = !isOpen;
    fullScreen.follow(isOpen);
    if (launcherButton) launcherButton.ariaExpanded = `${isOpen}`;
    makeRoom();
    countUnread();
    if (isOpen) panel.focus();
    else opener?.focus();
  }

  function openFor(nextOpener: HTMLElement | null, button?: HTMLElement, feature?: Feature): void {
    if (!host.hidden) setOpen(false);
    opener = nextOpener;
    launcherButton = button;
    // An id would have to be of the button's own shadow root. An older browser goes without.
    if (button) button.ariaControlsElements = [host];
    panel.show(feature);
    setOpen(true);
  }

  function update(fresh: boolean): void {
    setLanguage(host, context);
    host.ariaLabel = t(context, "launcher.title");
    panel.update(fresh);
    fullScreen.follow(!host.hidden);
    makeRoom();
    countUnread();
  }

  addEventListener("keydown", (event) => {
    const isOurs = event.composedPath().some((target) => target === host || target === opener);
    if (isOurs && !host.hidden && event.key === "Escape" && !event.isComposing) setOpen(false);
  });
  context.views = [...context.views, { update }];
  update(true);
  return {
    toggle: (button) => (!host.hidden && opener === button ? setOpen(false) : openFor(button, button)),
    open: (feature) => openFor(pageDocument.activeElement as HTMLElement | null, undefined, feature),
  };
}
