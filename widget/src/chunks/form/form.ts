import { button, drawCard, el } from "../../core/dom";
import { t } from "../../core/strings";
import type { ApiResponse, Context, Placement } from "../../core/types";
import { explainFailure, isGrantLost } from "../choice/gated-calls";
import type { Field } from "./field";
import { trimText } from "./length";

export { default as FORM_STYLE } from "./form.css";

export type FieldValues = Readonly<Record<string, string>>;

export interface FormOptions {
  readonly fields: readonly Field[];
  readonly submitLabel: string;
  /** Stands between the fields and the button. */
  readonly footer: readonly Node[];
  /** Whether what goes along is ready, too. It says itself what is not. */
  isReady?(): boolean;
  send(values: FieldValues): Promise<ApiResponse>;
  onSent(): void;
}

/** A form that names every wrong field at once, at the field, and keeps what was typed until it is stored. */
export function createForm(
  context: Context,
  { fields, submitLabel, footer, isReady, send, onSent }: FormOptions,
): HTMLFormElement {
  const summary = el("div", { class: "summary", role: "alert" });
  const status = el("p", { class: "status", role: "alert" });
  const submit = el("button", { type: "submit", class: "primary" }, submitLabel);

  function showErrors(errors: Map<Field, string>): void {
    for (const field of fields) field.showError(errors.get(field) ?? "");
    const items = [...errors].map(([{ label }, sentence]) => el("li", {}, `${label}: ${sentence}`));
    summary.replaceChildren(...(items[0] ? [el("p", {}, t(context, "form.errors")), el("ul", {}, ...items)] : []));
    fields.find((field) => errors.has(field))?.control.focus();
  }

  function setSending(isSending: boolean): void {
    submit.ariaDisabled = isSending ? "true" : null;
    submit.textContent = isSending ? t(context, "form.sending") : submitLabel;
  }

  async function sendValues(): Promise<void> {
    setSending(true);
    const response = await send(Object.fromEntries(fields.map((field) => [field.name, trimmedValue(field)])));
    setSending(false);
    if (response.ok) return onSent();
    const errors = serverErrors(fields, response);
    if (errors.size) showErrors(errors);
    else if (!isGrantLost(response)) status.textContent = explainUnsent(context, response);
  }

  function handleSubmit(event: Event): void {
    event.preventDefault();
    if (submit.ariaDisabled) return;
    status.textContent = "";
    const errors = localErrors(fields);
    showErrors(errors);
    if (!errors.size && isReady?.() !== false) void sendValues();
  }

  // The first two of several share a row, where there is room.
  if (fields[1]) for (const { box } of fields.slice(0, 2)) box.classList.add("half-width");
  const parts = [summary, ...fields.map(({ box }) => box), ...footer, status, submit];
  return el("form", { class: "form", novalidate: true, submit: handleSubmit }, ...parts);
}

/** Why something was not sent. Without an answer nobody knows whether it was, and the page does not say it was not. */
export const explainUnsent = (context: Context, response: ApiResponse): string =>
  response.status ? explainFailure(context, response) : t(context, "form.no_answer");

const trimmedValue = ({ control }: Field): string => trimText(control.value);

function localErrors(fields: readonly Field[]): Map<Field, string> {
  const checks = fields.map((field): [Field, string] => [field, field.check(trimmedValue(field))]);
  return new Map(checks.filter(([, sentence]) => sentence));
}

/** The server's errors, at the fields they belong to. */
function serverErrors(fields: readonly Field[], { data }: ApiResponse): Map<Field, string> {
  const errors = (data.errors ?? []).flatMap(({ field: name, message }) => {
    const field = fields.find((candidate) => candidate.name === name);
    return field ? [[field, message] as const] : [];
  });
  return new Map(errors);
}

/** Takes the place of a form that was sent. */
export function showThanks({ root }: Placement, title: string, text: string, again: string, restart: () => void): void {
  const heading = el("h2", { tabindex: -1 }, title);
  const status = el("div", { role: "status" }, heading, el("p", {}, text));
  drawCard(root, status, button(again, restart));
  heading.focus();
}
