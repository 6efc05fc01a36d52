import type { Context } from "./types";

type Attribute = string | number | boolean | undefined | ((event: Event) => void);
export type Attributes = Readonly<Record<string, Attribute>>;

/** Makes an element: functions listen, `true` is a bare attribute, `false` and `undefined` leave it out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const name in attributes) {
    const value = attributes[name];
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : `${value}`);
  }
  node.append(...children);
  return node;
}

/** A button that counts a double click once. */
export function button(label: string, click: (event: Event) => void, attributes: Attributes = {}): HTMLButtonElement {
  return el("button", { click: (event) => (event as UIEvent).detail < 2 && click(event), ...attributes }, label);
}

/** A link that opens beside this page, which may hold what somebody typed. */
export function externalLink(label: string, href: string, attributes: Attributes = {}): HTMLAnchorElement {
  return el("a", { href, target: "_blank", ...attributes }, label);
}

export const mailLink = (address: string, attributes: Attributes = {}): HTMLAnchorElement =>
  el("a", { href: `mailto:${address}`, ...attributes }, address);

/** What a placement shows stands in a card. */
export function drawCard(root: HTMLElement, ...children: (Node | string)[]): HTMLElement {
  const card = el("section", { class: "card", part: "card" }, ...children);
  root.replaceChildren(card);
  return card;
}

/** Says in the status of `root` how something goes. It is looked up, since it may have been drawn anew. */
export function showStatus(root: HTMLElement, sentence: string): void {
  root.querySelector("[role=status]")!.textContent = sentence;
}

/** Adds a constructed sheet: it passes a `style-src 'none'` where a style element would not. */
export function addStyle(shadow: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets.push(sheet);
}

/** Direction and language are set on our own elements, never on the page's. */
export function setLanguage(node: HTMLElement, { boot }: Context): void {
  node.dir = boot.dir;
  node.lang = boot.locale;
}
