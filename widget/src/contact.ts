import { field, filled, form, mail, send, thanks, type Field, type FormParts } from "./feature";
import type { Kit, Mounted } from "./types";

const LONGEST = { name: 100, message: 5000 };

/** The contact form. */
export default function mount(kit: Kit): Mounted {
  const { root, el, t, desk } = kit;
  const title = el("h2", { tabindex: -1 }, t("contact.title"));
  const done = (): void => {
    kit.memory["message"] = kit.memory["topic"] = "";
    thanks(kit, t("contact.sent"), t("contact.answer"), t("contact.another"), () => mount(kit).focus());
  };
  const instead = el("a", { href: `mailto:${desk.boot.email}` }, desk.boot.email);
  const post: FormParts["post"] = (values) => send(kit, "POST", "contact", values);
  const below = [el("p", { class: "fine" }, t("contact.instead"), " ", instead)];
  const parts = form(kit, { post, submit: t("contact.send"), fields: fields(kit), below, done });
  root.replaceChildren(el("section", { class: "card", part: "card" }, title, el("p", {}, t("contact.lead")), parts));
  return { focus: () => title.focus() };
}

function fields(kit: Kit): Field[] {
  const { el, t } = kit;
  const name = el("input", { autocomplete: "name", maxlength: LONGEST.name });
  const message = el("textarea", { maxlength: LONGEST.message, rows: 6 });
  return [
    field(kit, "name", t("contact.name"), name, filled(kit)),
    mail(kit, "contact"),
    field(kit, "topic", t("contact.topic"), topics(kit), filled(kit)),
    field(kit, "message", t("contact.message"), message, filled(kit)),
  ];
}

function topics({ el, t, desk }: Kit): HTMLSelectElement {
  const names = desk.boot.features.contact!.topics!;
  const options = names.map((name) => el("option", { value: name }, t(`topic.${name}`)));
  return el("select", {}, el("option", { value: "" }, t("contact.choose")), ...options);
}
