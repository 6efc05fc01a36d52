import { loadChunk } from "../../core/chunks";
import { currentGrant } from "../../core/consent-status";
import { addStyle, button, el, setLanguage } from "../../core/dom";
import { placeHosts } from "../../core/floating-hosts";
import { pageDocument } from "../../core/page-document";
import { t } from "../../core/strings";
import { FLOATING_STYLE, makeImportant } from "../../core/style";
import type { Chunks, Context, ControlMenu } from "../../core/types";
import css from "./control.css";
import { watchPlaces } from "./places-in-view";
import { stepAside } from "./step-aside";

const ID = "forecourt-preferences";

/** What the control has in the page: a host for its button and its menu's words, and a shadow root with slots for them. */
function createHost(context: Context) {
  const host = el("div", { id: "forecourt-control", role: "region", popover: "manual" });
  const slot = el("slot", { name: "toggle", class: context.boot.control.label });
  const toggle = el("div", { class: "toggle", part: "toggle" }, slot, el("span", { class: "shape" }));
  const root = el("div", { class: "root", part: "control" }, toggle);
  const shadow = host.attachShadow({ mode: "open" });
  addStyle(shadow, makeImportant(FLOATING_STYLE + css) + context.boot.theme.css);
  shadow.append(root);
  context.floatingHosts.push(host);
  pageDocument.body.append(host);
  stepAside(host, root);
  for (const launcher of context.floatingHosts.filter(({ id }) => id === "forecourt-launcher"))
    stepAside(launcher, launcher.shadowRoot!.querySelector<HTMLElement>(".root")!);
  return { host, root, toggle };
}

/** Chunk: one button on every page once a choice was made. Its menu leads back to the choice, and withdraws in one click. */
export default function createControl(context: Context): Chunks["control"] {
  const banner = context.floatingHosts[0]!;
  const { host, root, toggle } = createHost(context);
  const isElsewhere = watchPlaces(context, update);
  let menu: ControlMenu | undefined;

  /** Where the menu cannot be had, the banner's first layer withdraws. */
  async function showMenu(content?: "news"): Promise<void> {
    try {
      menu ??= (await loadChunk(context, "control-menu"))(host, root, update);
      menu.show(content);
    } catch {
      banner.hidden = false;
    }
  }

  function update(): void {
    const { activeElement, body } = pageDocument;
    const focusedId = host.contains(activeElement) ? activeElement!.id : "";
    const title = t(context, "preferences.title");
    const attributes = { id: ID, slot: "toggle", title, "aria-expanded": `${!!menu?.isOpen()}` };
    context.lastGrant = currentGrant(context) ?? context.lastGrant;
    setLanguage(host, context);
    host.ariaLabel = title;
    host.toggleAttribute("open", !!menu?.isOpen());
    toggle.hidden = isElsewhere();
    host.hidden = !banner.hidden || (toggle.hidden && !menu?.isOpen());
    host.replaceChildren(button(title, () => showMenu(), attributes), ...(menu?.draw() ?? []));
    if (focusedId) focus(focusedId);
    else if (banner.hidden && activeElement === body) returnFocus();
  }

  function focus(id: string): void {
    const [first, second] = host.querySelectorAll("button");
    (host.querySelector<HTMLElement>(`#${id}`) ?? ((menu?.isOpen() && second) || first!)).focus();
  }

  /** A banner that was closed gives the focus back to what opened it. */
  function returnFocus(): void {
    const { opener } = context;
    if (opener) (opener.isConnected ? opener : host.querySelector("button")!).focus();
    context.opener = undefined;
  }

  placeHosts(context);
  new MutationObserver(update).observe(banner, { attributeFilter: ["hidden"] });
  context.events.addEventListener("withdraw", () => context.store.read()?.token && showMenu("news"));
  return { update, showNews: () => void showMenu("news") };
}
