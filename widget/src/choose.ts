import { trouble } from "./feature";
import { key } from "./outbox";
import { review } from "./review";
import type { Answer, Body, Choice, Kit, Offer } from "./types";

/** Stores a decision. Answers "" or a sentence that says why it is not stored. */
export async function choose(kit: Kit, make: () => Offer): Promise<string> {
  const { desk, memory, show, speak } = kit;
  const before = desk.store.read();
  const offer = make();
  // An answer that was lost on its way is asked for again, under the same key.
  if (memory["said"] !== (memory["said"] = JSON.stringify(offer))) memory["key"] = key();
  const answer = await post(kit, offer, before?.token);
  const { ok, data } = answer;
  if (ok) {
    desk.receipt = `${desk.page.base}${desk.page.site}/${desk.boot.locale}/receipt/${data.receipt}`;
    desk.store.keep(chosen(kit, offer, data, before));
    desk.stale = null;
    memory["said"] = "";
    if (kit.standing(desk) === "stale") await review(kit);
    show(desk, false, "consent", ...(before ? (["change"] as const) : []));
    return "";
  }
  if (data.code !== "consent_stale") return trouble(kit, answer);
  await speak(desk, desk.boot.locale);
  return kit.t("error.stale");
}

/** Appends the choice; a token that no longer holds is left behind, and the visitor starts anew. */
async function post(kit: Kit, offer: Offer, token: string | undefined): Promise<Answer> {
  const { page, boot } = kit.desk;
  const { locale, consent } = boot;
  const signals = { gpc: !!navigator.globalPrivacyControl };
  const body = { ...offer, locale, notice_hash: consent.notice_hash, signals, path: location.pathname.slice(0, 500), key: kit.memory["key"] };
  const answer = await kit.call(page, "POST", "consents", { body, token, headers: { "Accept-Language": locale } });
  return token && answer.status === 401 ? post(kit, offer, "") : answer;
}

/** Only a grant keeps its token and its receipt: a refusal leaves no identifier behind. */
function chosen({ desk }: Kit, offer: Offer, { token, expires_at, purposes }: Body, before: Choice | null): Choice {
  const { locale, consent } = desk.boot;
  const { privacy_policy } = offer;
  const at = new Date().toISOString();
  const said = { privacy_policy, purposes: purposes!, locale, at, expires_at: expires_at! };
  const bound = { notice_hash: consent.notice_hash, facts_hash: consent.facts_hash, version: consent.privacy_policy.version };
  const granted = consent.purposes.some(({ name, required }) => !required && purposes![name]);
  if (!granted) return { ...said, ...bound, choice: "refused" };
  // Where only a part was asked, the rest is as it was, and may be stale still: the server says.
  const part = consent.purposes.some(({ name }) => offer.purposes[name] == null);
  const rest = { notice_hash: "", facts_hash: "", version: before?.version, privacy_policy: !!before?.privacy_policy };
  const kept = { token, receipt: desk.receipt, conversation: before?.conversation };
  return { ...said, ...bound, ...(part && rest), ...(privacy_policy && { privacy_policy, version: bound.version }), ...kept, choice: "granted" };
}
