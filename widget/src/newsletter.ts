import { form, mail, send, thanks, type FormParts } from "./feature";
import type { Kit, Mounted } from "./types";

/** Asks for the newsletter. The answer is the same for every address; the mail's link decides. */
export default function mount(kit: Kit): Mounted {
  const { root, el, t } = kit;
  const title = el("h2", { tabindex: -1 }, t("newsletter.title"));
  const done = (): void => {
    kit.memory["email"] = "";
    thanks(kit, t("newsletter.sent"), t("newsletter.look"), t("newsletter.another"), () => mount(kit).focus());
  };
  const post: FormParts["post"] = (values) => send(kit, "POST", "newsletter", values);
  const below = [el("p", { class: "fine" }, t("newsletter.link"))];
  const parts = form(kit, { post, submit: t("newsletter.subscribe"), fields: [mail(kit, "newsletter")], below, done });
  root.replaceChildren(el("section", { class: "card", part: "card" }, title, el("p", {}, t("newsletter.lead")), parts));
  return { focus: () => title.focus() };
}
