import type { Desk } from "./types";

type Attribute = string | number | boolean | undefined | ((event: Event) => void);
type Attributes = Readonly<Record<string, Attribute>>;

/** Makes an element: functions listen, `true` is a bare attribute, `false` and `undefined` leave it out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const name in attributes) put(node, name, attributes[name]);
  node.append(...children);
  return node;
}

function put(node: HTMLElement, name: string, value: Attribute): void {
  if (typeof value === "function") node.addEventListener(name, value);
  else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : `${value}`);
}

/** The second click of a double one is no second wish. */
export function button(label: string, click: (event: Event) => void, attributes: Attributes = {}): HTMLButtonElement {
  return el("button", { click: (event) => (event as UIEvent).detail < 2 && click(event), ...attributes }, label);
}

/** A link that leaves what was typed on this page alone. */
export function away(label: string, href: string, attributes: Attributes = {}): HTMLAnchorElement {
  return el("a", { href, target: "_blank", ...attributes }, label);
}

export const mailto = (address: string, attributes: Attributes = {}): HTMLAnchorElement =>
  el("a", { href: `mailto:${address}`, ...attributes }, address);

/** A sentence with a node in the place of its placeholder. */
export function weave(sentence: string, node: Node): (Node | string)[] {
  return sentence.split(/({\w+})/).map((part, index) => (index % 2 ? node : part));
}

/** Constructed sheets pass a `style-src 'none'` where a style element would not. */
export function dress(shadow: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets.push(sheet);
}

/** Our direction and language stand on our own elements, never on the page's. */
export function mark(node: HTMLElement, { boot }: Desk): void {
  node.dir = boot.dir;
  node.lang = boot.locale;
}
