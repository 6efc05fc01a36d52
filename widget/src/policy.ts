import { away, el, mark } from "./dom";
import { t } from "./strings";
import type { Desk, Spot, View } from "./types";

/** `DOMParser` takes only what such a rule made, in a page that requires Trusted Types. */
interface Trust {
  createHTML(html: string): string;
}

interface Factory {
  trustedTypes?: { createPolicy(name: string, rules: Trust): Trust };
}

/** The policy can be read without any choice; only its language ever changes what stands here. */
export function createPolicy({ kind, root, style }: Spot, desk: Desk): View {
  let trust: Trust | undefined;
  const card = el("div", { class: "card" });
  root.append(card);
  root.addEventListener("click", jump);
  return {
    kind,
    update(fresh) {
      const { policy } = desk.boot;
      if (!fresh || !policy) return;
      mark(root, desk);
      const { html, css, url } = policy;
      // Its style travels with it: a page that shows no policy does not carry it.
      if (!card.firstChild) style(css);
      try {
        trust ??= (window as Factory).trustedTypes?.createPolicy("forecourt", { createHTML: (text) => text });
        card.replaceChildren(...parsed(trust?.createHTML(html) ?? html));
      } catch {
        card.replaceChildren(away(t(desk, "policy.link"), url));
      }
    },
  };
}

/** A parsed document runs no scripts, and its nodes can be moved here. */
const parsed = (html: string): Iterable<Node> => new DOMParser().parseFromString(html, "text/html").body.childNodes;

/** The browser does not look into a shadow root for the target of a link. */
function jump(event: Event): void {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[href^='#']");
  const target = link && (link.getRootNode() as ShadowRoot).getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  target.tabIndex = -1;
  target.focus();
}
