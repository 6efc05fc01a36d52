import { call } from "./api";
import { emit } from "./events";
import { show, speak } from "./desk";
import { t } from "./strings";
import type { Answer, Body, Choice, Desk, Offer, Purpose } from "./types";

type Given = Pick<Offer, "purposes" | "privacy_policy">;

/** Every purpose with what was decided on it; a required one is never refused. */
export function offer(
  { boot }: Desk,
  given: (purpose: Purpose) => boolean,
  privacy_policy: boolean,
  source: Offer["source"],
  { isTrusted }: Event,
): Offer {
  const purposes = boot.consent.purposes.map((purpose) => [purpose.name, purpose.required || given(purpose)]);
  return { purposes: Object.fromEntries(purposes), privacy_policy, source, gesture: isTrusted ? "trusted" : "scripted" };
}

/** Stores a decision, and says where it was made how that goes. One follows another, on what the last one left. */
export async function decide(desk: Desk, make: () => Offer, said: () => Element): Promise<void> {
  said().textContent = t(desk, "saving");
  const stored = (desk.pending = desk.pending.then(() => choose(desk, make())));
  const sentence = await stored;
  // Newer words may have drawn everything again meanwhile.
  if (sentence) said().textContent = sentence;
}

/** Answers "" or a sentence that says why the choice is not stored. */
async function choose(desk: Desk, offer: Offer): Promise<string> {
  const before = desk.store.read();
  const { ok, status, data, wait } = await post(desk, offer, before?.token);
  if (ok) {
    desk.store.keep(chosen(desk, offer, data, before));
    show(desk, false, "consent", ...(before ? (["change"] as const) : []));
    return "";
  }
  const stale = data.code === "consent_stale";
  if (stale) await speak(desk, desk.boot.locale);
  return t(desk, `error.${stale ? "stale" : wait ? "wait" : status ? "server" : "network"}`, { seconds: wait });
}

/** Appends the choice; a token that no longer holds is left behind, and the visitor starts anew. */
async function post(desk: Desk, offer: Offer, token: string | undefined): Promise<Answer> {
  const { locale, consent } = desk.boot;
  const body = { ...offer, locale, notice_hash: consent.notice_hash };
  const answer = await call(desk.page, "POST", "consents", { body, token });
  return token && answer.status === 401 ? post(desk, offer, "") : answer;
}

/** Only a grant keeps its token: a refusal leaves no identifier behind. */
function chosen(desk: Desk, offer: Offer, { token, expires_at }: Body, before: Choice | null): Choice {
  const granted = desk.boot.consent.purposes.some(({ name, required }) => !required && offer.purposes[name]);
  const choice = kept(desk, granted ? "granted" : "refused", offer, expires_at!);
  return granted ? { ...choice, token, conversation: before?.conversation } : choice;
}

/** What every choice that is kept says of itself. */
function kept({ boot }: Desk, choice: Choice["choice"], { purposes, privacy_policy }: Given, expires_at: string): Choice {
  const { notice_hash, facts_hash } = boot.consent;
  const at = new Date().toISOString();
  return { choice, purposes, privacy_policy, notice_hash, facts_hash, locale: boot.locale, at, expires_at };
}

/** Locks at once, whether or not the server is reached. */
export async function withdraw(desk: Desk): Promise<void> {
  const { token, expires_at } = desk.store.read() ?? ({} as Partial<Choice>);
  if (!token) return;
  desk.store.keep({ ...kept(desk, "withdrawn", { purposes: {}, privacy_policy: false }, expires_at!), token });
  show(desk, false, "withdraw");
  await settle(desk);
}

/** Tells the server of a withdrawal. Until it knows the token stays, for nothing but this. */
export async function settle(desk: Desk): Promise<void> {
  const { token, ...choice } = desk.store.read() ?? ({} as Choice);
  if (!token || choice.choice !== "withdrawn") return;
  const { ok, status, data } = await call(desk.page, "DELETE", "consents/current", { token });
  if (ok || status === 401) desk.store.keep({ ...choice, expires_at: data.expires_at ?? choice.expires_at });
  else emit(desk.bus, "error", { code: "withdrawal_pending", status });
}
