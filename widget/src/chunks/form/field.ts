import { el } from "../../core/dom";
import { t } from "../../core/strings";
import type { Context } from "../../core/types";

/** What was typed into a form's fields, by their names. */
export type FormDraft = Record<string, string>;

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** "" or a sentence that says what is wrong with a value. */
export type CheckValue = (value: string) => string;

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly box: HTMLElement;
  readonly control: Control;
  readonly check: CheckValue;
  /** Says at the field what is wrong. An empty sentence takes it back. */
  showError(sentence: string): void;
}

/** A labelled control that keeps what is typed in a draft. Without a check it may stay empty. */
export function createField(
  draft: FormDraft,
  name: string,
  label: string,
  control: Control,
  check?: CheckValue,
): Field {
  const error = el("p", { class: "error", id: `${name}-wrong` });
  const showError = (sentence: string): void => {
    error.textContent = sentence;
    control.ariaInvalid = `${!!sentence}`;
  };
  // Ids are safe: each placement has a shadow root of its own.
  control.id = control.name = name;
  control.value = draft[name] ?? "";
  control.setAttribute("aria-describedby", error.id);
  control.required = !!check;
  control.addEventListener("input", () => {
    draft[name] = control.value;
    showError("");
  });
  const box = el("div", { class: "field" }, el("label", { for: name }, label), control, error);
  return { name, label, box, control, check: check ?? (() => ""), showError };
}

export const isFilled =
  (context: Context): CheckValue =>
  (value) =>
    value ? "" : t(context, "form.required");

export function createEmailField(context: Context, draft: FormDraft, label: string): Field {
  const input = el("input", { type: "email", autocomplete: "email", maxlength: 254 });
  const check: CheckValue = (value) =>
    isFilled(context)(value) || (hasEmailShape(value) ? "" : t(context, "form.email"));
  return createField(draft, "email", label, input, check);
}

/** One @, and a dot after it. The server looks more closely. */
const hasEmailShape = (value: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(value.trim());
