import { currentGrant } from "../../core/consent-status";
import { submitDecision } from "../../core/decision";
import { button, el } from "../../core/dom";
import { t } from "../../core/strings";
import type { Context } from "../../core/types";

/** A button that grants again what was withdrawn on this page a moment ago, and what that cannot bring back. */
export function drawUndo(context: Context, root: HTMLElement): HTMLElement[] {
  const { boot, lastGrant } = context;
  if (!lastGrant || currentGrant(context)) return [];
  const { token, conversation, purposes, privacy_policy } = lastGrant;
  const hadNewsletter = boot.features.newsletter?.purposes.every((name) => purposes[name]);

  /** The token keeps the visitor who they were, and their conversation theirs. */
  function undo({ isTrusted }: Event): void {
    const answer = Object.keys(purposes).filter((name) => purposes[name]);
    const visitor = { token, conversation };
    void submitDecision(context, { answer, privacy_policy, source: "preferences", isTrusted, visitor }, root);
  }

  return [
    ...(hadNewsletter ? [el("p", {}, t(context, "preferences.newsletter_ended"))] : []),
    button(t(context, "preferences.undo"), undo, { id: "forecourt-undo" }),
  ];
}
