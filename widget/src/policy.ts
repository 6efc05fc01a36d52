import { away, el, mark } from "./dom";
import { createKit, rest } from "./kit";
import { t } from "./strings";
import type { Desk, Spot, Trust, UseLink, View } from "./types";

interface Factory {
  trustedTypes?: { createPolicy(name: string, rules: Trust): Trust };
}

/** The policy can be read without any choice. What its links can do in place is fetched when one is followed. */
export function createPolicy(spot: Spot, desk: Desk): View {
  const { kind, host, root, style } = spot;
  const kit = createKit(spot, desk);
  let reader: Promise<UseLink> | undefined;
  const card = el("div", { class: "card", part: "card" });
  root.append(card);
  root.addEventListener("click", click);

  function click(event: MouseEvent): void {
    const link = (event.target as Element).closest("a");
    // A link to be opened elsewhere is left to the browser.
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Of the policy's links, those that carry data can do in place what they stand for; others lead about in it.
    if (!Object.keys(link.dataset)[0] && !link.matches("[href^='#']")) return;
    event.preventDefault();
    if (event.detail < 2) void use(link);
  }

  async function use(link: HTMLAnchorElement): Promise<void> {
    try {
      reader ??= rest(desk).then((all) => all.reader(kit));
      (await reader)(link);
    } catch {
      reader = undefined;
      follow(link);
    }
  }

  return {
    kind,
    host,
    update(fresh) {
      const { policy } = desk.boot;
      if (!fresh || !policy) return;
      mark(root, desk);
      const { html, css, url } = policy;
      // Its style travels with it: a page that shows no policy does not carry it.
      if (!card.firstChild) style(css);
      try {
        desk.trust ??= (window as Factory).trustedTypes?.createPolicy("forecourt", { createHTML: (text) => text });
        card.replaceChildren(...parsed(desk.trust?.createHTML(html) ?? html));
      } catch {
        card.replaceChildren(away(t(desk, "policy.link"), url));
      }
    },
  };
}

/** A parsed document runs no scripts, and its nodes can be moved here. */
const parsed = (html: string): Iterable<Node> => new DOMParser().parseFromString(html, "text/html").body.childNodes;

/** Where it cannot be done in place: beside this page, which may hold what somebody typed. */
const follow = ({ href }: HTMLAnchorElement): unknown => open(href) ?? (location.href = href);
