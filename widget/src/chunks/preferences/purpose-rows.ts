import { hasReadPolicy, isAllowed, isRefusedByBrowser } from "../../core/consent-status";
import { el } from "../../core/dom";
import { joinNames, t } from "../../core/strings";
import type { BootPurpose, Context } from "../../core/types";
import { tickPolicy } from "../choice/policy-tick";

export const PRIVACY_POLICY = "privacy_policy";
export const rowId = (name: string): string => `forecourt-purpose-${name}`;

/** A box for each purpose. Only what is granted now is ticked. */
export const drawPurposeRows = (context: Context, hasRecipients: boolean): HTMLElement[] =>
  context.boot.consent.purposes.flatMap((purpose) => drawPurposeRow(context, purpose, hasRecipients));

/** A box for the privacy policy. */
export function drawPolicyRow(context: Context): HTMLElement[] {
  const text = t(context, "privacy.read", { policy: t(context, "privacy.policy") });
  const row = drawRow(PRIVACY_POLICY, text, { checked: hasReadPolicy(context) }, []);
  const box = row[0] as HTMLInputElement;
  box.addEventListener("change", () => tickPolicy(context, box.checked));
  return row;
}

/** With what the purpose is for, how long its data is kept and, unfolded, who sees it. */
function drawPurposeRow(context: Context, purpose: BootPurpose, hasRecipients: boolean): HTMLElement[] {
  const { name, title, text, required, separate, lifetime, recipients } = purpose;
  const isRefused = isRefusedByBrowser(purpose);
  const notes = [`${text} ${lifetime}`];
  if (separate) notes.push(t(context, "banner.separate"));
  if (isRefused) notes.push(t(context, "banner.gpc", { purposes: title }));
  if (hasRecipients && recipients[0]) notes.push(t(context, "banner.seen_by", { names: joinNames(context, recipients) }));
  const label = required ? t(context, "banner.required", { title }) : title;
  return drawRow(name, label, { checked: isAllowed(context, purpose), disabled: required || isRefused }, notes);
}

/** Flat children for the slot. */
function drawRow(name: string, text: string, state: Record<string, boolean>, notes: string[]): HTMLElement[] {
  const id = rowId(name);
  const slot = "purpose";
  const paragraphs = notes.map((note, index) => el("p", { slot, id: id + index, class: "note" }, note));
  const describedBy = paragraphs.map((paragraph) => paragraph.id).join(" ") || undefined;
  const attributes = { type: "checkbox", id, slot, "aria-label": text, "aria-describedby": describedBy };
  const box = el("input", { ...attributes, ...state });
  const label = el("label", { slot, for: id, click: tickInstead }, text);

  /** An element of the page that has the same id may be the label's in the place of the box. */
  function tickInstead(event: Event): void {
    if (label.control === box) return;
    event.preventDefault();
    box.click();
  }

  return [box, label, ...paragraphs];
}
