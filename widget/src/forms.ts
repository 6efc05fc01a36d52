import { ask, field, filled, form, mail, type Field, type FormParts } from "./feature";
import { labelOf } from "./region";
import type { Kit } from "./types";

const LONGEST = { name: 100, company: 100, reason: 5000 };

type Parts = Pick<FormParts, "post" | "fields"> & { readonly besides?: HTMLElement };

/** The form that a link of the policy stands for. `done` is told the address that was given. */
export function createForm(kit: Kit, link: HTMLAnchorElement, done: (email: string) => void): HTMLFormElement {
  const { away, el, t, desk } = kit;
  const key = link.dataset["forecourtObject"];
  const name = key ? "object" : "follow";
  const { post, fields, besides = "" } = key ? objecting(kit, key) : following(kit, link);
  const privacy = away(t("privacy.link"), desk.boot.consent.privacy_policy.url);
  const below = el("div", {}, besides, el("p", { class: "fine" }, t(`${name}.stores`), " ", privacy));
  const email = fields.find((each) => each.name === "email")!.control;
  return form(kit, { post, fields, submit: t(`${name}.send`), below: [below], done: () => done(email.value.trim()) });
}

function objecting(kit: Kit, engagement: string): Parts {
  const { el, t } = kit;
  const name = el("input", { autocomplete: "name", maxlength: LONGEST.name });
  const company = el("input", { autocomplete: "organization", maxlength: LONGEST.company });
  const reason = el("textarea", { rows: 5, maxlength: LONGEST.reason });
  const fields = [
    field(kit, "name", t("contact.name"), name, filled(kit)),
    mail(kit, "contact"),
    field(kit, "company", t("object.company"), company),
    field(kit, "reason", t("object.reason"), reason, filled(kit)),
  ];
  // What is left empty is left out.
  const post: Parts["post"] = ({ company, ...values }) =>
    ask(kit, "objections", { ...values, ...(company && { company }), engagement });
  return { fields, post };
}

function following(kit: Kit, link: HTMLAnchorElement): Parts {
  const { el, t } = kit;
  const products = Object.entries(JSON.parse(link.dataset["products"] ?? "{}") as Record<string, string>);
  const boxes = products.map(([key, label]) => product(kit, key, label));
  const fields = [mail(kit, "contact"), regions(kit, link)];
  const ticked = (): string[] => products.filter((_, index) => boxes[index]!.querySelector("input")!.checked).map(([key]) => key);
  const post: Parts["post"] = ({ email, region }) =>
    ask(kit, "follows", { email, region: region || null, products: ticked() });
  if (!boxes.length) return { fields, post };
  const besides = el("fieldset", {}, el("legend", {}, t("follow.products")), ...boxes);
  return { fields, post, besides };
}

/** The regions that the policy's own filter offers; what the page shows is chosen until another one is. */
function regions(kit: Kit, link: HTMLAnchorElement): Field {
  const { el, t, memory, desk } = kit;
  const links = link.closest(".fc-policy")!.querySelectorAll<HTMLElement>("[data-forecourt-region]");
  const options = [...links].map((each) => el("option", { value: each.dataset["forecourtRegion"] }, labelOf(each)));
  const made = field(kit, "region", t("follow.region"), el("select", {}, ...options));
  made.control.value = memory["region"] ?? desk.page.region.toUpperCase();
  return made;
}

function product({ el, memory }: Kit, key: string, label: string): HTMLElement {
  const id = `product-${key}`;
  const box = el("input", { type: "checkbox", id, checked: !!memory[id] });
  box.addEventListener("change", () => (memory[id] = box.checked ? "1" : ""));
  return el("div", { class: "check" }, box, el("label", { for: id }, label));
}
