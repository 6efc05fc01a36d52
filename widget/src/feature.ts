// What the features share once a choice stands.
import FORM from "./style/form.css";
import type { Answer, Kit } from "./types";

export { FORM };

/** A place is dressed once, however often it is drawn. */
export function dress({ memory, style }: Kit, css: string): void {
  if (!memory["dressed"]) style(css);
  memory["dressed"] = "1";
}

const LOST = ["token_invalid", "consent_required", "consent_stale"];

/** A call that needs a grant. When the server finds none standing, the places lock again. */
export async function send(kit: Kit, method: string, path: string, body?: unknown): Promise<Answer> {
  const { page, store, boot } = kit.desk;
  const headers = { "Accept-Language": boot.locale };
  const answer = await kit.call(page, method, path, { body, token: store.read()?.token, headers });
  if (lost(answer)) await lose(kit, answer.status);
  return answer;
}

/** A call that needs no grant, and says nothing of whether there is one. */
export function ask({ desk, call }: Kit, path: string, body: object): Promise<Answer> {
  const { locale } = desk.boot;
  return call(desk.page, "POST", path, { body: { ...body, locale }, headers: { "Accept-Language": locale } });
}

export const lost = ({ data }: Answer): boolean => LOST.includes(data.code!);

/** The server has the last word: what it finds not standing is asked again. Only a token that fails is thrown away. */
async function lose({ desk, speak }: Kit, status: number): Promise<void> {
  const choice = desk.store.read();
  const stale = { notice_hash: "", facts_hash: "" };
  if (choice) desk.store.keep({ ...choice, ...stale, token: status === 401 ? undefined : choice.token });
  await speak(desk, desk.boot.locale);
}

/** Why a call did not do what was asked, as a sentence. */
export function trouble({ t }: Kit, { status, data, wait }: Answer): string {
  if (!status) return t("error.network");
  if (wait) return t("error.wait", { seconds: wait });
  return data.detail || t("error.server");
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly box: HTMLElement;
  readonly control: Control;
  /** "" or a sentence that says what is wrong with what stands in it. A field without one may stay empty. */
  check(value: string): string;
  /** Says at the field what is wrong; an empty sentence takes it back. */
  fail(sentence: string): void;
}

/** A labelled control that remembers what was typed. Ids are safe: each place has a shadow root of its own. */
export function field({ el, memory }: Kit, name: string, label: string, control: Control, check?: Field["check"]): Field {
  const wrong = el("p", { class: "wrong", id: `${name}-wrong` });
  const fail = (sentence: string): void => {
    wrong.textContent = sentence;
    control.ariaInvalid = `${!!sentence}`;
  };
  control.id = control.name = name;
  control.value = memory[name] ?? "";
  control.setAttribute("aria-describedby", wrong.id);
  control.required = !!check;
  control.addEventListener("input", () => {
    memory[name] = control.value;
    fail("");
  });
  const box = el("div", { class: "field" }, el("label", { for: name }, label), control, wrong);
  return { name, label, box, control, check: check ?? (() => ""), fail };
}

/** The checks of a field that is not to stay empty. */
export const filled = ({ t }: Kit): Field["check"] => (value) => value ? "" : t("form.required");

/** An address, checked. */
export function mail(kit: Kit, label: string): Field {
  const input = kit.el("input", { type: "email", autocomplete: "email", maxlength: 254 });
  const check: Field["check"] = (value) => filled(kit)(value) || (mailbox(value) ? "" : kit.t("form.email"));
  return field(kit, "email", kit.t(`${label}.email`), input, check);
}

/** Shared with the server's rule: one @, and a dot in what follows. The server looks more closely. */
const mailbox = (value: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(value.trim());

export type Values = Readonly<Record<string, string>>;

export interface FormParts {
  /** Sends what stands in the fields. */
  post(values: Values): Promise<Answer>;
  readonly submit: string;
  readonly fields: readonly Field[];
  /** Stands between the fields and the button. */
  readonly below: readonly Node[];
  done(): void;
}

/** A form that names every wrong field at once, at the field, and keeps what was typed until it is stored. */
export function form(kit: Kit, { post, submit, fields, below, done }: FormParts): HTMLFormElement {
  const { el, t } = kit;
  const summary = el("div", { class: "summary", role: "alert" });
  const said = el("p", { class: "said", role: "alert" });
  const button = el("button", { type: "submit", class: "solid" }, submit);

  function name(faults: Map<Field, string>): void {
    for (const each of fields) each.fail(faults.get(each) ?? "");
    const items = [...faults].map(([{ label }, sentence]) => el("li", {}, `${label}: ${sentence}`));
    summary.replaceChildren(...(items[0] ? [el("p", {}, t("form.wrong")), el("ul", {}, ...items)] : []));
    fields.find((each) => faults.has(each))?.control.focus();
  }

  function rest(waiting: boolean): void {
    button.ariaDisabled = waiting ? "true" : null;
    button.textContent = waiting ? t("form.sending") : submit;
  }

  async function deliver(): Promise<void> {
    rest(true);
    const answer = await post(Object.fromEntries(fields.map((each) => [each.name, value(each)])));
    rest(false);
    if (answer.ok) return done();
    const faults = told(fields, answer);
    if (faults.size) name(faults);
    else if (!lost(answer)) said.textContent = trouble(kit, answer);
  }

  function submitted(event: Event): void {
    event.preventDefault();
    if (button.ariaDisabled) return;
    said.textContent = "";
    const faults = found(fields);
    name(faults);
    if (!faults.size) void deliver();
  }

  // The first two of several share a row, where there is room.
  if (fields[1]) for (const { box } of fields.slice(0, 2)) box.classList.add("half");
  dress(kit, FORM);
  const parts = [summary, ...fields.map(({ box }) => box), ...below, said, button];
  return el("form", { class: "form", novalidate: true, submit: submitted }, ...parts);
}

const value = ({ control }: Field): string => control.value.trim();

function found(fields: readonly Field[]): Map<Field, string> {
  const faults = fields.map((each): [Field, string] => [each, each.check(value(each))]);
  return new Map(faults.filter(([, sentence]) => sentence));
}

/** The server's faults, at the fields they belong to. */
function told(fields: readonly Field[], { data }: Answer): Map<Field, string> {
  const faults = (data.errors ?? []).flatMap(({ field, message }) => {
    const each = fields.find(({ name }) => name === field);
    return each ? [[each, message] as const] : [];
  });
  return new Map(faults);
}

/** What stands in the place of a form that was sent. */
export function thanks(kit: Kit, title: string, text: string, again: string, restart: () => void): void {
  const { el, button, root } = kit;
  const head = el("h2", { tabindex: -1 }, title);
  const said = el("div", { role: "status" }, head, el("p", {}, text));
  root.replaceChildren(el("section", { class: "card", part: "card" }, said, button(again, restart)));
  head.focus();
}
