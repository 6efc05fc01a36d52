import { loadChunk } from "../core/chunks";
import { addStyle, drawCard, externalLink, setLanguage } from "../core/dom";
import { t } from "../core/strings";
import type { Context, Placement, PolicyControl, TrustedTypesPolicy, View } from "../core/types";

interface TrustedTypesWindow {
  trustedTypes?: { createPolicy(name: string, rules: TrustedTypesPolicy): TrustedTypesPolicy };
}

/** Shows the policy, without any choice. What its links and its filter do is fetched when one of them is used. */
export function createPolicy(placement: Placement, context: Context): View {
  const { kind, host, shadow, root } = placement;
  const card = drawCard(root);
  card.onclick = card.oninput = (event: Event & Partial<MouseEvent>): void => {
    // What can be done in place, and links within the policy, which the browser does not find in a shadow root.
    const control = (event.target as Element).closest<PolicyControl>("[data-act],[href^='#']");
    // A link to be opened elsewhere is left to the browser.
    if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (event.detail! < 2)
      loadChunk(context, "policy").then(
        (useControl) => useControl(placement, control),
        () => openBeside(control),
      );
  };

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
export function openBeside({ href }: PolicyControl): void {
  if (href && !open(href)) location.href = href;
}
