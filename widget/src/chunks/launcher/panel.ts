import { button, el, mailLink } from "../../core/dom";
import { t } from "../../core/strings";
import type { Context, Feature } from "../../core/types";
import { createPlaces } from "./places";

export interface Panel {
  /** Shows a feature; else what was shown last, or all that the site offers. */
  show(feature?: Feature): void;
  update(fresh: boolean): void;
  focus(): void;
  isShowing(feature: Feature): boolean;
}

/** What stands in the panel: the list of what the site offers, or one of it. */
export function createPanel(context: Context, shadow: ShadowRoot, close: () => void, onShow: () => void): Panel {
  let shown: Feature | undefined;
  const title = el("h2", { tabindex: -1 });
  const back = button("", () => open(undefined), { class: "back" });
  const closeButton = button("", close);
  const list = el("ul", { class: "offers" });
  const body = el("div", { class: "body" }, list);
  const head = el("div", { class: "head" }, back, title, closeButton);
  const places = createPlaces(context, body);
  shadow.append(el("div", { class: "root card", part: "panel" }, head, body));

  function show(feature: Feature | undefined): void {
    shown = feature;
    list.hidden = !!shown;
    back.hidden = !shown || !context.boot.launcher.offers[1];
    places.show(shown);
    onShow();
  }

  function focus(): void {
    if (shown) places.focus(shown);
    else title.focus();
  }

  function open(feature: Feature | undefined): void {
    show(feature);
    focus();
  }

  function update(fresh: boolean): void {
    if (!fresh) return;
    title.textContent = t(context, "launcher.title");
    for (const [node, name] of [[back, "back"], [closeButton, "close"]] as const)
      node.textContent = node.title = t(context, `launcher.${name}`);
    list.replaceChildren(...drawOffers(context, open));
    show(shown);
  }

  return {
    show(feature) {
      const { offers } = context.boot.launcher;
      show(feature ?? shown ?? (offers[1] ? undefined : offers[0]));
    },
    update,
    focus,
    isShowing: (feature) => shown === feature,
  };
}

function drawOffers(context: Context, open: (feature: Feature) => void): HTMLElement[] {
  const { launcher, email } = context.boot;
  const offers = launcher.offers.map((feature) => {
    const opener = button("", () => open(feature));
    opener.append(el("b", {}, t(context, `${feature}.title`)), el("span", {}, t(context, `${feature}.lead`)));
    return el("li", {}, opener);
  });
  return [...offers, el("li", {}, t(context, "contact.mail_address"), " ", mailLink(email))];
}
