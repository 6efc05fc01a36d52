import { showStatus } from "../../core/dom";
import { openView } from "../../core/events";
import { t } from "../../core/strings";
import type { Context } from "../../core/types";
import type { Choice } from "./answers";

const BOX = "#read,#forecourt-purpose-privacy_policy";

/** Takes up a tick that did not find this chunk, since it was lost on its way. */
export function takeUpTick(context: Context): void {
  tickPolicy(context, context.views.some(({ root }) => root?.querySelector<HTMLInputElement>(BOX)?.checked));
}

/** Ticks the privacy policy in every place of the page at once, or takes the tick away. */
export function tickPolicy(context: Context, isTicked: boolean): void {
  context.tickedPolicy = isTicked ? context.boot.consent.privacy_policy.version : undefined;
  for (const { root } of context.views) {
    const box = root?.querySelector<HTMLInputElement>(BOX);
    if (!box) continue;
    box.checked = isTicked;
    if (box.ariaInvalid) showStatus(root!, "");
    box.ariaInvalid = null;
  }
}

/**
 * Leads to the box of the privacy policy where a choice needs it ticked: at a lock, and where a new policy is part of what
 * is accepted again. Resolves to the sentence that says so, or to "".
 */
export async function askForPolicy(context: Context, choice: Choice, root?: HTMLElement): Promise<string> {
  const { staleGrant } = context;
  const { purposes, privacy_policy, source } = choice;
  if (privacy_policy || !root) return "";
  const isAcceptedAgain = staleGrant?.needsPolicyRead && staleGrant.purposes.some((name) => purposes[name]);
  if (isAcceptedAgain && source === "banner") await openView(context, "banner");
  const box = root.querySelector<HTMLInputElement>(BOX);
  if (!box || (!isAcceptedAgain && /banner|preferences/.test(source))) return "";
  box.ariaInvalid = "true";
  box.focus();
  return t(context, "lock.unread");
}
