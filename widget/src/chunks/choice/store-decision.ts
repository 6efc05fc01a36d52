import { redraw, reloadWords, reviewStaleGrant } from "../../core/refresh";
import { t } from "../../core/strings";
import type { ApiResponse, Chunks, Context, ResponseBody, StoredConsent } from "../../core/types";
import { toChoice, type Choice } from "./answers";
import { callJson, createIdempotencyKey, explainFailure } from "./gated-calls";
import { askForPolicy } from "./policy-tick";

/** Resolves to "", or to a sentence that says why the decision is not stored. */
export type StoreDecision = Chunks["choice"]["storeDecision"];

/** A choice that was sent, with its idempotency key. */
interface SentChoice {
  readonly json: string;
  readonly key: string;
}

export function createDecisionStore(context: Context): StoreDecision {
  let sent: SentChoice | undefined;

  return async (decision, root) => {
    const stored = context.store.read();
    const before = stored && { ...stored, ...decision.visitor };
    const choice = toChoice(context, decision);
    const unread = await askForPolicy(context, choice, root);
    if (unread) return unread;
    const json = JSON.stringify(choice);
    // One whose answer was lost is sent again under the same key, and stored once.
    if (sent?.json !== json) sent = { json, key: createIdempotencyKey() };
    const response = await postChoice(context, choice, sent.key, before?.token);
    if (response.ok) {
      sent = undefined;
      await keepChoice(context, choice, response.data, before);
      return "";
    }
    if (response.data.code !== "consent_stale") return explainFailure(context, response);
    await reloadWords(context, context.boot.locale);
    return t(context, "error.stale");
  };
}

/** A token that no longer holds is left behind, and the visitor starts anew. */
async function postChoice(
  context: Context,
  choice: Choice,
  key: string,
  token: string | undefined,
): Promise<ApiResponse> {
  const { locale, consent } = context.boot;
  const signals = { gpc: !!navigator.globalPrivacyControl };
  const path = location.pathname.slice(0, 500); // the server's limit
  const body = { ...choice, locale, notice_hash: consent.notice_hash, signals, path, key };
  const response = await callJson(context, "POST", "consents", body, token);
  return token && response.status === 401 ? postChoice(context, choice, key, "") : response;
}

async function keepChoice(
  context: Context,
  choice: Choice,
  data: ResponseBody,
  before: StoredConsent | null,
): Promise<void> {
  const { page, boot, store } = context;
  context.receiptUrl = `${page.base}${page.site}/${boot.locale}/receipt/${data.receipt}`;
  store.write(toStoredConsent(context, choice, data, before));
  if (choice.privacy_policy) context.tickedPolicy = undefined;
  await reviewStaleGrant(context);
  redraw(context, false, "consent", ...(before ? (["change"] as const) : []));
}

/** Only a grant keeps its token and its receipt. A refusal leaves no identifier behind. */
function toStoredConsent(
  { boot, receiptUrl }: Context,
  { purposes: decided, privacy_policy }: Choice,
  data: ResponseBody,
  before: StoredConsent | null,
): StoredConsent {
  const { locale, consent } = boot;
  const { notice_hash, facts_hash } = consent;
  const { version } = consent.privacy_policy;
  const at = new Date().toISOString();
  const purposes = data.purposes!;
  const answer = { privacy_policy, purposes, locale, at, expires_at: data.expires_at! };
  const isGranted = consent.purposes.some(({ name, required }) => !required && purposes[name]);
  if (!isGranted) return { ...answer, notice_hash, facts_hash, version, choice: "refused" };
  // Where only a part was asked, the rest is as it was and may still be stale: the server will say.
  const isPartial = consent.purposes.some(({ name }) => decided[name] == null);
  const bound = isPartial
    ? { notice_hash: "", facts_hash: "", version: before?.version, privacy_policy: !!before?.privacy_policy }
    : { notice_hash, facts_hash, version };
  const acknowledged = privacy_policy && { privacy_policy, version };
  const identifiers = { token: data.token, receipt: receiptUrl, conversation: before?.conversation };
  return { ...answer, ...bound, ...acknowledged, ...identifiers, choice: "granted" };
}
