import { loadChunk } from "../core/chunks";
import { addStyle, drawCard, externalLink, setLanguage } from "../core/dom";
import { t } from "../core/strings";
import type { Context, Placement, TrustedTypesPolicy, View } from "../core/types";

interface TrustedTypesWindow {
  trustedTypes?: { createPolicy(name: string, rules: TrustedTypesPolicy): TrustedTypesPolicy };
}

/** Shows the policy, without any choice. What its links can do in place is fetched when one is clicked. */
export function createPolicy(placement: Placement, context: Context): View {
  const { kind, host, shadow, root } = placement;
  const card = drawCard(root);
  card.addEventListener("click", handleClick);

  function handleClick(event: MouseEvent): void {
    const link = (event.target as Element).closest("a");
    // A link to be opened elsewhere is left to the browser.
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Links that carry data can do in place what they stand for, and links within the policy are ours to follow.
    if (!Object.keys(link.dataset)[0] && !link.matches("[href^='#']")) return;
    event.preventDefault();
    if (event.detail < 2)
      loadChunk(context, "policy").then(
        (useLink) => useLink(placement, link),
        () => openBeside(link),
      );
  }

  return {
    kind,
    host,
    update(fresh) {
      const { policy } = context.boot;
      if (!fresh || !policy) return;
      const { html, css, url } = policy;
      setLanguage(root, context);
      if (!card.firstChild) addStyle(shadow, css);
      try {
        context.trustedTypes ??= (window as TrustedTypesWindow).trustedTypes!.createPolicy("forecourt", {
          createHTML: (text) => text,
        });
      } catch {
        // The browser or the page has none, or an element of that name.
      }
      try {
        card.replaceChildren(...parseHtml(context.trustedTypes?.createHTML(html) ?? html));
      } catch {
        card.replaceChildren(externalLink(t(context, "policy.link"), url));
      }
    },
  };
}

/** A parsed document runs no scripts, and its nodes can be moved here. */
const parseHtml = (html: string): Iterable<Node> => new DOMParser().parseFromString(html, "text/html").body.childNodes;

/** Follows a link beside this page, which may hold what somebody typed; in its place where no window opens. */
export function openBeside({ href }: HTMLAnchorElement): void {
  if (!open(href)) location.href = href;
}
