import { el } from "../../core/dom";
import { t } from "../../core/strings";
import type { Context } from "../../core/types";
import { checkLength, trimText } from "./length";

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

/**
 * A labelled control that keeps what is typed in a draft. Without a check it may stay empty. `findExcess` says while
 * somebody types that a text is too long: it is never cut.
 */
export function createField(
  draft: FormDraft,
  name: string,
  label: string,
  control: Control,
  check?: CheckValue,
  findExcess: CheckValue = () => "",
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
    const sentence = findExcess(control.value);
    // Read aloud once, and not with each key that shortens the text.
    error.ariaLive = sentence && !error.textContent ? "polite" : "off";
    showError(sentence);
  });
  const box = el("div", { class: "field" }, el("label", { for: name }, label), control, error);
  return { name, label, box, control, check: (value) => check?.(value) || findExcess(value), showError };
}

export const isFilled =
  (context: Context): CheckValue =>
  (value) =>
    value ? "" : t(context, "form.required");

export function createEmailField(context: Context, draft: FormDraft, label: string): Field {
  const input = el("input", { type: "email", autocomplete: "email" });
  const check: CheckValue = (value) =>
    isFilled(context)(value) || (hasEmailShape(value) ? "" : t(context, "form.email"));
  return createField(draft, "email", label, input, check, fitsLine(context, 254));
}

/** Says by how much a line, such as a name, or a text of several lines is too long. `limit` is the server's. */
export const fitsLine =
  (context: Context, limit: number): CheckValue =>
  (value) =>
    checkLength(context, value, limit, true);
export const fitsText =
  (context: Context, limit: number): CheckValue =>
  (value) =>
    checkLength(context, value, limit, false);

/** One @, and a dot after it. The server looks more closely, and names a character that nobody can see or tell apart. */
const hasEmailShape = (value: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@.]+$|[^!-~]/.test(trimText(value));
