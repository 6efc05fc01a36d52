import { addStyle, button, el, externalLink } from "../../core/dom";
import { t } from "../../core/strings";
import type { Chunks, Context } from "../../core/types";
import { callJson } from "../choice/gated-calls";
import type { FormDraft } from "../form/field";
import { createForm, FORM_STYLE } from "../form/form";
import { followOptions, objectionOptions } from "./form-options";
import css from "./policy-forms.css";

const LINKS = "[data-forecourt-follow],[data-forecourt-object]";

/** What one of the forms holds, until it is closed after sending. */
interface FormState {
  readonly draft: FormDraft;
  /** The address that confirms it. Empty before it is sent. */
  sentTo: string;
}

/** The engagement that is objected to, empty for following. It outlives the link, which every redraw replaces. */
const linkKey = (link: HTMLElement): string => link.dataset["forecourtObject"] ?? "";

/** Chunk: the forms to follow the policy's changes and to object to one. What was typed stays until it is sent. */
export default function createPolicyForms(context: Context): Chunks["policy-forms"] {
  return ({ root, shadow }) => {
    const states = new Map<string, FormState>();
    let openKey: string | undefined;

    const findLinks = (): HTMLAnchorElement[] => [...root.querySelectorAll<HTMLAnchorElement>(LINKS)];
    const findOpenLink = (): HTMLAnchorElement | undefined => findLinks().find((link) => linkKey(link) === openKey);

    function stateOf(key: string): FormState {
      const state = states.get(key) ?? { draft: {}, sentTo: "" };
      states.set(key, state);
      return state;
    }

    function toggle(link: HTMLAnchorElement): void {
      const key = linkKey(link);
      if (openKey === key) return close(key);
      openKey = key;
      draw()?.focus();
    }

    function close(key: string): void {
      const link = findOpenLink();
      if (stateOf(key).sentTo) states.delete(key);
      openKey = undefined;
      draw();
      link?.focus();
    }

    function draw(): HTMLElement | undefined {
      root.querySelector(".fc-form")?.remove();
      for (const link of findLinks()) link.ariaExpanded = `${linkKey(link) === openKey}`;
      const link = findOpenLink();
      if (!link) return;
      const key = linkKey(link);
      const title = el("h3", { id: "fc-asked", tabindex: -1 });
      const header = el(
        "header",
        {},
        title,
        button(t(context, "banner.close"), () => close(key)),
      );
      const content = drawContent(context, stateOf(key), link, title, (sentTo) => {
        states.set(key, { draft: {}, sentTo });
        if (openKey === key) draw()?.focus();
      });
      link.parentElement!.after(el("section", { class: "fc-form", "aria-labelledby": "fc-asked" }, header, ...content));
      return title;
    }

    addStyle(shadow, FORM_STYLE + css);
    return { toggle, draw };
  };
}

/** The form, or what takes its place once it was sent. `onSent` is told the address that confirms it. */
function drawContent(
  context: Context,
  { draft, sentTo }: FormState,
  link: HTMLAnchorElement,
  title: HTMLElement,
  onSent: (email: string) => void,
): HTMLElement[] {
  const { locale, consent } = context.boot;
  const key = linkKey(link);
  const prefix = key ? "objection" : "follow";
  title.textContent = t(context, `${prefix}.${sentTo ? "sent_title" : "title"}`);
  if (sentTo) return [el("p", {}, t(context, `${prefix}.sent_text`, { email: sentTo }))];
  const options = key ? objectionOptions(context, draft, key) : followOptions(context, draft, link);
  const { fields, extra, path, toBody } = options;
  const privacyLink = externalLink(t(context, "privacy.link"), consent.privacy_policy.url);
  const note = el("p", { class: "note" }, t(context, `${prefix}.stores`), " ", privacyLink);
  const form = createForm(context, {
    fields,
    submitLabel: t(context, `${prefix}.send`),
    footer: [el("div", {}, extra, note)],
    // Without a token: the server need not learn who has a grant.
    send: (values) => callJson(context, "POST", path, { ...toBody(values), locale }),
    onSent: () => onSent(fields.find(({ name }) => name === "email")!.control.value.trim()),
  });
  const hostedPage = externalLink(t(context, `${prefix}.hosted_page`), link.href);
  return [el("p", {}, t(context, `${prefix}.lead`)), form, el("p", { class: "note" }, hostedPage)];
}
