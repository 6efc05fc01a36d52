import { drawCard, el } from "../../core/dom";
import { t } from "../../core/strings";
import type { Chunks, Context, MountFeature } from "../../core/types";
import { callWithGrant } from "../choice/gated-calls";
import { createDrafts } from "../form/drafts";
import { createEmailField, type FormDraft } from "../form/field";
import { createForm, FORM_STYLE, showThanks } from "../form/form";

/** Chunk: asks for the newsletter. The answer is the same for every address; the link in the mail decides. */
export default function createNewsletter(context: Context): Chunks["newsletter"] {
  const findDraft = createDrafts<FormDraft>(context, "newsletter", FORM_STYLE, () => ({}));
  const mountNewsletter: MountFeature = (placement) => {
    const draft = findDraft(placement);
    const title = el("h2", { tabindex: -1 }, t(context, "newsletter.title"));
    const form = createForm(context, {
      fields: [createEmailField(context, draft, t(context, "newsletter.email"))],
      submitLabel: t(context, "newsletter.subscribe"),
      footer: [el("p", { class: "note" }, t(context, "newsletter.confirmation"))],
      send: (values) => callWithGrant(context, "POST", "newsletter", values),
      onSent() {
        draft["email"] = "";
        const restart = () => mountNewsletter(placement).focus();
        showThanks(
          placement,
          t(context, "newsletter.sent_title"),
          t(context, "newsletter.sent_text"),
          t(context, "newsletter.other_address"),
          restart,
        );
      },
    });
    drawCard(placement.root, title, el("p", {}, t(context, "newsletter.lead")), form);
    return { focus: () => title.focus() };
  };
  return mountNewsletter;
}
