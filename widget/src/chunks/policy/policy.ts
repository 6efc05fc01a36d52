import { loadChunk } from "../../core/chunks";
import { addStyle, el } from "../../core/dom";
import type { Chunks, Context, Placement, PolicyForms, UseControl, View } from "../../core/types";
import { openBeside } from "../../placements/policy";
import { FILTER, filterCompanies, revealTarget } from "./filter";
import css from "./policy.css";
import { createRegionFilter } from "./region";

/** Tell a node of the policy apart from others, also after it was drawn again. */
const IDENTIFYING_ATTRIBUTES = ["data-forecourt-region", "data-forecourt-object", "data-forecourt-follow", "id"];

/** Chunk: what a reader of the policy can do in place. It needs no consent and stores nothing in the browser. */
export default function createPolicyControls(context: Context): Chunks["policy"] {
  // By the card, which is new when the placement comes back to the page.
  const known = new WeakMap<Element, UseControl>();
  return (placement, control) => {
    const card = control.closest(".card")!;
    const useControl = known.get(card) ?? createUseControl(context, placement);
    known.set(card, useControl);
    useControl(control);
  };
}

/** Does in place what a control of one policy stands for. */
function createUseControl(context: Context, placement: Placement): UseControl {
  const { root, shadow } = placement;
  const status = el("p", { class: "fc-unseen", role: "status" });
  const filterRegion = createRegionFilter(context, root, status);
  let forms: PolicyForms | undefined;
  let focused: Element | null = null;
  let restoreView = (): void => {};

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
      if (!fresh) return;
      focused = shadow.activeElement;
      restoreView = rememberView(root);
    },
  };
  const after: View = {
    kind: "policy",
    update(fresh) {
      if (!fresh) return;
      restoreView();
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
  return (control) => {
    if (control.href === undefined) return filterCompanies(root);
    if ("forecourtRegion" in control.dataset) return filterRegion(control);
    return "act" in control.dataset ? toggleForm(control) : jumpTo(control);
  };
}

/** Returns what filters and unfolds a policy that was drawn again as it is now. */
function rememberView(root: HTMLElement): () => void {
  const text = root.querySelector<HTMLInputElement>(FILTER)?.value ?? "";
  const openIds = [...root.querySelectorAll("details[open] > summary")].map(({ id }) => id);
  return () => {
    for (const id of openIds) root.querySelector(`#${CSS.escape(id)}`)?.closest("details")?.setAttribute("open", "");
    const box = root.querySelector<HTMLInputElement>(FILTER);
    if (box) box.value = text;
    filterCompanies(root);
  };
}

/** The browser does not look into a shadow root for the target of a link. */
function jumpTo(link: HTMLAnchorElement): void {
  const target = (link.getRootNode() as ShadowRoot).getElementById(link.hash.slice(1));
  if (!target) return;
  revealTarget(link.closest(".fc-policy")!, target);
  target.tabIndex = -1;
  target.focus();
}
