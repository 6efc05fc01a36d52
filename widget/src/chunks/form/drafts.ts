import { addStyle } from "../../core/dom";
import { parseJson } from "../../core/json";
import { pageDocument } from "../../core/page-document";
import type { Context, Feature, Placement } from "../../core/types";
import { draftsKey, readDrafts } from "../choice/stored-drafts";

/**
 * Keeps what was typed in each placement of a feature, so that it outlives locking, a change of language and, in this
 * tab, the page. It is stored when the page is left, and only while the feature is unlocked: the chunk `choice` removes
 * it when that ends. With its first draft a placement gets the feature's style.
 */
export function createDrafts<Draft extends object>(
  context: Context,
  feature: Feature,
  css: string,
  createDraft: () => Draft,
): (placement: Placement) => Draft {
  const drafts = new Map<ShadowRoot, Draft>();
  const key = draftsKey(context, feature);
  const stored = parseDrafts(readDrafts(context, feature)) as Draft[];

  function store(): void {
    const text = JSON.stringify([...drafts.values()]);
    const isEmpty = text === JSON.stringify([...drafts].map(createDraft));
    try {
      if (context.drawn!.unlocked.includes(feature) && !isEmpty) sessionStorage.setItem(key, text);
      else sessionStorage.removeItem(key);
    } catch {
      // The page's storage is blocked or full.
    }
  }

  /** The draft of a placement that a single-page application has removed, or what an earlier page stored. */
  function takeOver(): Draft {
    const gone = [...drafts].find(([{ host }]) => !host.isConnected);
    if (gone) drafts.delete(gone[0]);
    return Object.assign(createDraft(), gone ? gone[1] : stored.shift());
  }

  addEventListener("pagehide", store);
  pageDocument.addEventListener("visibilitychange", () => pageDocument.hidden && store());
  return ({ shadow }) => {
    const draft = drafts.get(shadow) ?? takeOver();
    if (!drafts.has(shadow)) addStyle(shadow, css);
    drafts.set(shadow, draft);
    return draft;
  };
}

/** The page may have put anything under our key. */
function parseDrafts(text: string): unknown[] {
  const drafts = parseJson(text);
  return Array.isArray(drafts) ? drafts : [];
}
