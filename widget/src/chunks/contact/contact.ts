import { drawCard, el, mailLink } from "../../core/dom";
import { t } from "../../core/strings";
import type { Chunks, Context, MountFeature } from "../../core/types";
import { callWithGrant, createIdempotencyKey } from "../choice/gated-calls";
import { createEmailField, createField, isFilled, type Field, type FormDraft } from "../form/field";
import { createDrafts, createForm, FORM_STYLE, showThanks } from "../form/form";

const MAX_LENGTH = { name: 100, message: 5000 }; // the server's limits

/** Chunk: the contact form. */
export default function createContact(context: Context): Chunks["contact"] {
  const findDraft = createDrafts<FormDraft>(FORM_STYLE, () => ({}));
  const mountContact: MountFeature = (placement) => {
    const draft = findDraft(placement);
    /** Sending the same message again, because its answer was lost, takes the same key: it is stored once. */
    let sent: { readonly json: string; readonly key: string } | undefined;
    const title = el("h2", { tabindex: -1 }, t(context, "contact.title"));
    const form = createForm(context, {
      fields: createFields(context, draft),
      submitLabel: t(context, "contact.send"),
      footer: [el("p", { class: "note" }, t(context, "contact.mail_address"), " ", mailLink(context.boot.email))],
      send(values) {
        const json = JSON.stringify(values);
        if (sent?.json !== json) sent = { json, key: createIdempotencyKey() };
        return callWithGrant(context, "POST", "contact", { ...values, key: sent.key });
      },
      onSent() {
        draft["message"] = draft["topic"] = "";
        const restart = () => mountContact(placement).focus();
        showThanks(
          placement,
          t(context, "contact.sent_title"),
          t(context, "contact.sent_text"),
          t(context, "contact.new_message"),
          restart,
        );
      },
    });
    drawCard(placement.root, title, el("p", {}, t(context, "contact.lead")), form);
    return { focus: () => title.focus() };
  };
  return mountContact;
}

function createFields(context: Context, draft: FormDraft): Field[] {
  const name = el("input", { autocomplete: "name", maxlength: MAX_LENGTH.name });
  const message = el("textarea", { maxlength: MAX_LENGTH.message, rows: 6 });
  return [
    createField(draft, "name", t(context, "contact.name"), name, isFilled(context)),
    createEmailField(context, draft, t(context, "contact.email")),
    createField(draft, "topic", t(context, "contact.topic"), createTopics(context), isFilled(context)),
    createField(draft, "message", t(context, "contact.message"), message, isFilled(context)),
  ];
}

function createTopics(context: Context): HTMLSelectElement {
  const topics = context.boot.features.contact!.topics!;
  const options = topics.map((topic) => el("option", { value: topic }, t(context, `topic.${topic}`)));
  return el("select", {}, el("option", { value: "" }, t(context, "contact.choose")), ...options);
}
