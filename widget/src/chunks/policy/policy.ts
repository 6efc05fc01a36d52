import { loadChunk } from "../../core/chunks";
import { addStyle, el } from "../../core/dom";
import type { Chunks, Context, Placement, PolicyForms, UseLink, View } from "../../core/types";
import { openBeside } from "../../placements/policy";
import css from "./policy.css";
import { createRegionFilter } from "./region";

/** Tell a node of the policy apart from others, also after it was drawn again. */
const IDENTIFYING_ATTRIBUTES = ["data-forecourt-region", "data-forecourt-object", "data-forecourt-follow", "id"];

/** Chunk: what a reader of the policy can do in place. It needs no consent and stores nothing in the browser. */
export default function createPolicyLinks(context: Context): Chunks["policy"] {
  // By the card, which is new when the placement comes back to the page.
  const known = new WeakMap<Element, UseLink>();
  return (placement, link) => {
    const card = link.closest(".card")!;
    const useLink = known.get(card) ?? createUseLink(context, placement);
    known.set(card, useLink);
    useLink(link);
  };
}

/** Does in place what a link of one policy stands for. */
function createUseLink(context: Context, placement: Placement): UseLink {
  const { root, shadow } = placement;
  const status = el("p", { class: "visually-hidden", role: "status" });
  const filterRegion = createRegionFilter(context, root, status);
  let forms: PolicyForms | undefined;
  let focused: Element | null = null;

  /** Finds again what a redraw of the policy took from under the focus. */
  function findFocused(): HTMLElement | null | undefined {
    const attribute = IDENTIFYING_ATTRIBUTES.find((name) => focused?.hasAttribute(name));
    const value = attribute && CSS.escape(focused!.getAttribute(attribute)!);
    const same = attribute && root.querySelector<HTMLElement>(`[${attribute}="${value}"]`);
    return same || (focused?.closest(".fc-form") && root.querySelector<HTMLElement>("#fc-asked"));
  }

  // One view before that of the policy, and one after it.
  const before: View = {
    kind: "policy",
    update(fresh) {
      if (fresh) focused = shadow.activeElement;
    },
  };
  const after: View = {
    kind: "policy",
    update(fresh) {
      if (!fresh) return;
      forms?.draw();
      findFocused()?.focus();
    },
  };

  async function toggleForm(link: HTMLAnchorElement): Promise<void> {
    try {
      const createForms = await loadChunk(context, "policy-forms");
      forms ??= createForms(placement);
      forms.toggle(link);
    } catch {
      openBeside(link);
    }
  }

  addStyle(shadow, css);
  root.append(status);
  context.views = [before, ...context.views, after];
  return (link) => {
    if ("forecourtRegion" in link.dataset) return filterRegion(link);
    return Object.keys(link.dataset)[0] ? toggleForm(link) : jumpTo(link);
  };
}

/** The browser does not look into a shadow root for the target of a link. */
function jumpTo(link: HTMLAnchorElement): void {
  const target = (link.getRootNode() as ShadowRoot).getElementById(link.hash.slice(1));
  if (!target) return;
  target.tabIndex = -1;
  target.focus();
}
