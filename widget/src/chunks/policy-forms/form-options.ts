import { el } from "../../core/dom";
import { t } from "../../core/strings";
import type { Context } from "../../core/types";
import { createEmailField, createField, fitsLine, fitsText, isFilled, type Field, type FormDraft } from "../form/field";
import type { FieldValues } from "../form/form";
import { regionLabel } from "../policy/region";

/** How the forms differ. */
export interface PolicyFormOptions {
  readonly fields: readonly Field[];
  /** Stands below the fields. */
  readonly extra: Node | string;
  /** The call of the API that takes it. */
  readonly path: string;
  toBody(values: FieldValues): object;
}

const MAX_LENGTH = { name: 100, reason: 5000 }; // the server's limits

/** Objects to an engagement that is proposed. */
export function objectionOptions(context: Context, draft: FormDraft, engagement: string): PolicyFormOptions {
  const name = el("input", { autocomplete: "name" });
  const company = el("input", { autocomplete: "organization" });
  const reason = el("textarea", { rows: 5 });
  const fitsName = fitsLine(context, MAX_LENGTH.name);
  const fitsReason = fitsText(context, MAX_LENGTH.reason);
  return {
    fields: [
      createField(draft, "name", t(context, "contact.name"), name, isFilled(context), fitsName),
      createEmailField(context, draft, t(context, "contact.email")),
      createField(draft, "company", t(context, "objection.company"), company, undefined, fitsName),
      createField(draft, "reason", t(context, "objection.reason"), reason, isFilled(context), fitsReason),
    ],
    extra: "",
    path: "objections",
    // A company that is left empty is left out.
    toBody: ({ company, ...values }) => ({ ...values, ...(company && { company }), engagement }),
  };
}

/** Asks for mail about the policy's changes, of one region and of some products. */
export function followOptions(context: Context, draft: FormDraft, link: HTMLAnchorElement): PolicyFormOptions {
  const products = Object.entries(JSON.parse(link.dataset["products"] ?? "{}") as Record<string, string>);
  const boxes = products.map(([product, label]) => createProductBox(draft, product, label));
  const isTicked = (index: number): boolean => boxes[index]!.querySelector("input")!.checked;
  const legend = el("legend", {}, t(context, "follow.products"));
  return {
    fields: [createEmailField(context, draft, t(context, "contact.email")), createRegionField(context, draft, link)],
    extra: boxes.length ? el("fieldset", {}, legend, ...boxes) : "",
    path: "follows",
    toBody: ({ email, region }) => ({
      email,
      region: region || null,
      products: products.filter((_, index) => isTicked(index)).map(([product]) => product),
    }),
  };
}

/** Offers the regions of the policy's own filter. The one the page shows is chosen until another one is. */
function createRegionField(context: Context, draft: FormDraft, link: HTMLAnchorElement): Field {
  const links = link.closest(".fc-policy")!.querySelectorAll<HTMLElement>("[data-forecourt-region]");
  const options = [...links].map((region) =>
    el("option", { value: region.dataset["forecourtRegion"] }, regionLabel(region)),
  );
  const field = createField(draft, "region", t(context, "follow.region"), el("select", {}, ...options));
  field.control.value = draft["region"] ?? context.page.region.toUpperCase();
  return field;
}

function createProductBox(draft: FormDraft, product: string, label: string): HTMLElement {
  const id = `product-${product}`;
  const box = el("input", { type: "checkbox", id, checked: !!draft[id] });
  box.addEventListener("change", () => (draft[id] = box.checked ? "1" : ""));
  return el("div", { class: "checkbox" }, box, el("label", { for: id }, label));
}
