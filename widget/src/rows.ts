import type { Kit, Purpose } from "./types";

export const PRIVACY = "privacy_policy";
export const rowId = (name: string): string => `forecourt-purpose-${name}`;

/** Each purpose beside a box of its own, then the privacy policy: nothing is ticked that does not stand already. */
export function drawRows(kit: Kit): HTMLElement[] {
  const { t, hasRead, desk } = kit;
  const read = t("privacy.read", { policy: t("privacy.policy") });
  const rows = desk.boot.consent.purposes.flatMap((purpose) => purposeRow(kit, purpose));
  return [...rows, ...row(kit, PRIVACY, read, { checked: hasRead(desk) }, [])];
}

/** What a purpose is for, how long its data is kept and who sees it. */
function purposeRow(kit: Kit, purpose: Purpose): HTMLElement[] {
  const { t, list, desk, stands, barred } = kit;
  const { name, title, text, required, lifetime, recipients } = purpose;
  const told = [text, lifetime];
  const refused = barred(purpose);
  if (recipients.length) told.push(t("banner.seen_by", { names: list(recipients) }));
  if (refused) told.push(t("banner.gpc", { purposes: title }));
  const label = required ? t("banner.required", { title }) : title;
  return row(kit, name, label, { checked: stands(desk, purpose), disabled: required || refused }, told);
}

/** Flat children for the slot. */
function row({ el }: Kit, name: string, label: string, state: Record<string, boolean>, told: string[]): HTMLElement[] {
  const id = rowId(name);
  const slot = "row";
  const about = told.map((text, index) => el("p", { slot, id: id + index, class: "fine" }, text));
  const described = about.map((each) => each.id).join(" ") || undefined;
  const box = el("input", { type: "checkbox", id, slot, "aria-describedby": described, ...state });
  return [box, el("label", { slot, for: id }, label), ...about];
}
