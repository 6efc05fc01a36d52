import { pageDocument } from "./page-document";
import type { Context } from "./types";

type Attribute = string | number | boolean | undefined | ((event: Event) => void);
export type Attributes = Readonly<Record<string, Attribute>>;

/** Makes an element: functions listen, `true` is a bare attribute, `false` and `undefined` leave it out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = pageDocument.createElement(tag);
  // Not `for in`: what a page adds to `Object.prototype` would become attributes, an `onclick` among them.
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if ((value ?? false) !== false) node.setAttribute(name, value as string);
  }
  node.append(...children);
  return node;
}

/** A button that counts a double click once. */
export function button(label: string, click: (event: Event) => void, attributes?: Attributes): HTMLButtonElement {
  return el("button", { click: (event) => (event as UIEvent).detail < 2 && click(event), ...attributes }, label);
}

/** A link that opens beside this page, which may hold what somebody typed. */
export function externalLink(label: string, href: string, attributes?: Attributes): HTMLAnchorElement {
  return el("a", { href, target: "_blank", ...attributes }, label);
}

export const mailLink = (address: string, attributes?: Attributes): HTMLAnchorElement =>
  el("a", { href: `mailto:${address}`, ...attributes }, address);

/** What a placement shows stands in a card. */
export function drawCard(root: HTMLElement, ...children: (Node | string)[]): HTMLElement {
  const card = el("section", { class: "card", part: "card" }, ...children);
  root.replaceChildren(card);
  return card;
}

/** Says that something could not be loaded, and offers to try again. */
export function drawFailure(root: HTMLElement, sentence: string, label: string, retry: () => void): void {
  drawCard(root, el("p", { role: "alert" }, sentence), button(label, retry));
}

/** Says in the status of `root` how something goes. It is looked up, since it may have been drawn anew. */
export function showStatus(root: HTMLElement, sentence: string): void {
  root.querySelector("[role=status]")!.textContent = sentence;
}

/** Adds a constructed sheet: it passes a `style-src 'none'` where a style element would not. */
export function addStyle({ adoptedStyleSheets }: DocumentOrShadowRoot, css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  adoptedStyleSheets.push(sheet);
  return sheet;
}

/** Direction and language are set on our own elements, never on the page's. */
export function setLanguage(node: HTMLElement, { boot }: Context): void {
  node.dir = boot.dir;
  node.lang = boot.locale;
}
