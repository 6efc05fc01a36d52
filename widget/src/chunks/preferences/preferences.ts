import { loadChunk } from "../../core/chunks";
import { hasQuestion, hasReadPolicy, isAllowed, isRefusedByBrowser } from "../../core/consent-status";
import { addStyle, el, showStatus } from "../../core/dom";
import { joinNames, t } from "../../core/strings";
import type { BootPurpose, Chunks, Context, SecondLayer } from "../../core/types";
import css from "./second-layer.css";
import { drawVisitorData } from "./visitor-data";

const PRIVACY_POLICY = "privacy_policy";
const rowId = (name: string): string => `forecourt-purpose-${name}`;

/** Chunk: the banner's second layer, with a box for each purpose and what visitors can do with their data. */
export default function createPreferences(context: Context): Chunks["preferences"] {
  return ({ host, slots, createButton, createDecisionButton, draw }) => {
    const find = (selector: string): HTMLElement => host.querySelector(selector)!;
    const findBoxes = (): HTMLInputElement[] => [...host.querySelectorAll("input")];
    const isChecked = (name: string): boolean => findBoxes().some(({ id, checked }) => checked && id === rowId(name));

    function open(): void {
      layer.isOpen = true;
      draw();
    }

    function close(): void {
      layer.isOpen = false;
      draw();
      if (host.hidden) void loadChunk(context, "choice").then(({ control }) => control.focus());
      else find("#forecourt-choose").focus();
    }

    const layer: SecondLayer = {
      isOpen: false,
      isTicked: (name) => (layer.isOpen ? isChecked(name) : undefined),
      isPolicyTicked: () => layer.isTicked(PRIVACY_POLICY),
      toggle() {
        if (layer.isOpen) return close();
        open();
        findBoxes()
          .find((box) => !box.disabled)!
          .focus();
      },
      open(opener) {
        context.opener = opener;
        open();
        find("#forecourt-title").focus();
      },
      askForPolicy() {
        open();
        showStatus(host, t(context, "lock.unread"));
        findBoxes().at(-1)!.focus();
      },
      draw(fresh) {
        const ticks = new Map(fresh ? findBoxes().map(({ id, checked }) => [id, checked]) : []);
        const rows = drawPurposeRows(context);
        // New words do not undo what was ticked meanwhile.
        for (const row of rows as HTMLInputElement[]) row.checked = ticks.get(row.id) ?? row.checked;
        const save = createDecisionButton(
          "save",
          ({ name }) => isChecked(name),
          () => isChecked(PRIVACY_POLICY),
        );
        const actions = hasQuestion(context) ? [save] : [save, createButton("close", close)];
        return [[...rows, ...drawVisitorData(context, host)], actions];
      },
    };

    addStyle(slots.getRootNode() as ShadowRoot, css);
    for (const name of ["purpose", "visitor-data"]) slots.append(el("slot", { name, class: name }));
    host.addEventListener("keydown", ({ key }) => key === "Escape" && layer.isOpen && close());
    return layer;
  };
}

/** A box for each purpose, then one for the privacy policy. Only what is granted now is ticked. */
function drawPurposeRows(context: Context): HTMLElement[] {
  const label = t(context, "privacy.read", { policy: t(context, "privacy.policy") });
  const rows = context.boot.consent.purposes.flatMap((purpose) => drawPurposeRow(context, purpose));
  return [...rows, ...drawRow(PRIVACY_POLICY, label, { checked: hasReadPolicy(context) }, [])];
}

/** With what the purpose is for, how long its data is kept and who sees it. */
function drawPurposeRow(context: Context, purpose: BootPurpose): HTMLElement[] {
  const { name, title, text, required, lifetime, recipients } = purpose;
  const isRefused = isRefusedByBrowser(purpose);
  const details = [text, lifetime];
  if (recipients.length) details.push(t(context, "banner.seen_by", { names: joinNames(context, recipients) }));
  if (isRefused) details.push(t(context, "banner.gpc", { purposes: title }));
  const label = required ? t(context, "banner.required", { title }) : title;
  return drawRow(name, label, { checked: isAllowed(context, purpose), disabled: required || isRefused }, details);
}

/** Flat children for the slot. */
function drawRow(name: string, text: string, state: Record<string, boolean>, details: string[]): HTMLElement[] {
  const id = rowId(name);
  const slot = "purpose";
  const paragraphs = details.map((detail, index) => el("p", { slot, id: id + index, class: "note" }, detail));
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
