import { el } from "./dom";
import { list, t } from "./strings";
import type { Desk, Purpose } from "./types";

export const PRIVACY = "privacy_policy";

/** What a purpose is for, how long its data is kept and who sees it, beside a box that is never ticked beforehand. */
export function purposeRow(desk: Desk, purpose: Purpose, checked: boolean): HTMLElement[] {
  const { name, title, text, required, lifetime, recipients } = purpose;
  const told = [text, lifetime];
  if (recipients.length) told.push(t(desk, "banner.seen_by", { names: list(desk, recipients) }));
  const label = required ? t(desk, "banner.required", { title }) : title;
  return row(name, label, { checked: checked || required, disabled: required }, told);
}

/** The privacy policy is a choice of its own. */
export function privacyRow(desk: Desk, checked: boolean): HTMLElement[] {
  return row(PRIVACY, t(desk, "privacy.read", { policy: t(desk, "privacy.policy") }), { checked }, []);
}

/** The shadow's side of a row. */
export function rowSlots(name: string): HTMLElement {
  const about = el("div", {}, el("slot", { name: `about-${name}` }));
  return el("div", { class: "row" }, el("slot", { name: `box-${name}` }), about);
}

export const boxId = (name: string): string => `forecourt-purpose-${name}`;

/** Flat children for the slots. */
function row(name: string, label: string, state: Record<string, boolean>, told: string[]): HTMLElement[] {
  const id = boxId(name);
  const slot = `about-${name}`;
  const about = told.map((text, index) => el("p", { slot, id: id + index, class: "fine" }, text));
  const box = el("input", { type: "checkbox", id, slot: `box-${name}`, "aria-describedby": `${id}0 ${id}1 ${id}2`, ...state });
  return [box, el("label", { slot, for: id }, label), ...about];
}
