import { tryChunk } from "../../core/chunks";
import { drawCard, el, mailLink } from "../../core/dom";
import { t } from "../../core/strings";
import type { ApiResponse, Chunks, Context, FileTray, MountFeature, StoredFile } from "../../core/types";
import { callWithGrant, createIdempotencyKey } from "../choice/gated-calls";
import { createDrafts } from "../form/drafts";
import { createEmailField, createField, fitsLine, fitsText, isFilled, type Field, type FormDraft } from "../form/field";
import { createForm, FORM_STYLE, showThanks, type FieldValues } from "../form/form";

const MAX_LENGTH = { name: 100, message: 5000 }; // the server's limits
const RETRY_DELAY = 1000; // ms

/** What is typed into the form, its uploaded files, and the idempotency key of a message whose fate nobody knows yet. */
interface ContactDraft {
  readonly values: FormDraft;
  readonly files: StoredFile[];
  key: string;
}

/** Chunk: the contact form. */
export default function createContact(context: Context): Chunks["contact"] {
  const findDraft = createDrafts<ContactDraft>(context, "contact", FORM_STYLE, () => ({ values: {}, files: [], key: "" }));
  const mountContact: MountFeature = (placement) => {
    const draft = findDraft(placement);
    const title = el("h2", { tabindex: -1 }, t(context, "contact.title"));
    let tray: FileTray | undefined;
    const fields = createFields(context, draft.values);
    const note = el("p", { class: "note" }, t(context, "contact.mail_address"), " ", mailLink(context.boot.email));
    const form = createForm(context, {
      fields,
      submitLabel: t(context, "contact.send"),
      footer: [note],
      isReady: () => tray?.isReady() !== false,
      send: (values) => sendMessage(context, draft, values),
      onSent() {
        tray?.take();
        draft.values["message"] = draft.values["topic"] = "";
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
    const limits = context.boot.features.contact?.files;
    if (limits) {
      const field = fields[fields.length - 1]!.control;
      const findPath = async (): Promise<string> => "contact/files";
      const options = { limits, kept: draft.files, form, field, before: note, findPath };
      void tryChunk(context, "files", ({ addTray }) => (tray = addTray(options)));
    }
    drawCard(placement.root, title, el("p", {}, t(context, "contact.lead")), form);
    return { focus: () => title.focus() };
  };
  return mountContact;
}

/**
 * Sends a message, and once more where no answer came. Its key stays, over a reload too, until the server says what
 * became of it: so it is stored once, and one that was changed meanwhile tells whether the first one has arrived.
 */
async function sendMessage(context: Context, draft: ContactDraft, values: FieldValues): Promise<ApiResponse> {
  draft.key ||= createIdempotencyKey();
  const files = draft.files.map(({ id }) => id);
  const post = () => callWithGrant(context, "POST", "contact", { ...values, key: draft.key, files });
  let response = await post();
  if (!response.status) {
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY));
    response = await post();
  }
  const hasArrivedBefore = response.data.code === "key_conflict";
  if (response.ok || hasArrivedBefore) draft.key = "";
  const wrongFiles = response.data.errors?.find(({ field }) => field === "files");
  if (wrongFiles) return { ...response, ok: false, status: 422, data: { detail: wrongFiles.message } };
  if (!hasArrivedBefore) return response;
  return { status: 409, ok: false, data: { detail: t(context, "contact.arrived_before") } };
}

function createFields(context: Context, draft: FormDraft): Field[] {
  const name = el("input", { autocomplete: "name" });
  const message = el("textarea", { rows: 6 });
  const fitsName = fitsLine(context, MAX_LENGTH.name);
  const fitsMessage = fitsText(context, MAX_LENGTH.message);
  return [
    createField(draft, "name", t(context, "contact.name"), name, isFilled(context), fitsName),
    createEmailField(context, draft, t(context, "contact.email")),
    createField(draft, "topic", t(context, "contact.topic"), createTopics(context), isFilled(context)),
    createField(draft, "message", t(context, "contact.message"), message, isFilled(context), fitsMessage),
  ];
}

function createTopics(context: Context): HTMLSelectElement {
  const topics = context.boot.features.contact!.topics!;
  const options = topics.map((topic) => el("option", { value: topic }, t(context, `topic.${topic}`)));
  return el("select", {}, el("option", { value: "" }, t(context, "contact.choose")), ...options);
}
