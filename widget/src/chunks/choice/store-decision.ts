import { isRefusedByBrowser } from "../../core/consent-status";
import { redraw, reloadWords, reviewStaleGrant } from "../../core/refresh";
import { t } from "../../core/strings";
import type { ApiResponse, BootPurpose, Context, Decision, ResponseBody, StoredConsent } from "../../core/types";
import { callJson, createIdempotencyKey, explainFailure } from "./gated-calls";

/** Resolves to "", or to a sentence that says why the decision is not stored. */
export type StoreDecision = (makeDecision: () => Decision) => Promise<string>;

/** A decision that was sent, with its idempotency key. */
interface SentDecision {
  readonly json: string;
  readonly key: string;
}

export function createDecisionStore(context: Context): StoreDecision {
  let sent: SentDecision | undefined;

  return async (makeDecision) => {
    const before = context.store.read();
    const decision = enforceRules(context, makeDecision());
    const json = JSON.stringify(decision);
    // One whose answer was lost is sent again under the same key, and stored once.
    if (sent?.json !== json) sent = { json, key: createIdempotencyKey() };
    const response = await postDecision(context, decision, sent.key, before?.token);
    if (response.ok) {
      sent = undefined;
      await keepDecision(context, decision, response.data, before);
      return "";
    }
    if (response.data.code !== "consent_stale") return explainFailure(context, response);
    await reloadWords(context, context.boot.locale);
    return t(context, "error.stale");
  };
}

/** A required purpose is never refused, and one the browser refuses is never granted. */
export function enforceRules({ boot }: Context, decision: Decision): Decision {
  const { purposes } = decision;
  const named = boot.consent.purposes.filter(({ name }) => Object.hasOwn(purposes, name));
  const grants = (purpose: BootPurpose) => purpose.required || (!isRefusedByBrowser(purpose) && purposes[purpose.name]);
  return { ...decision, purposes: Object.fromEntries(named.map((purpose) => [purpose.name, grants(purpose)])) };
}

/** A token that no longer holds is left behind, and the visitor starts anew. */
async function postDecision(
  context: Context,
  decision: Decision,
  key: string,
  token: string | undefined,
): Promise<ApiResponse> {
  const { locale, consent } = context.boot;
  const signals = { gpc: !!navigator.globalPrivacyControl };
  const path = location.pathname.slice(0, 500); // the server's limit
  const { isTrusted, ...answer } = decision;
  const gesture = isTrusted ? "trusted" : "scripted";
  const body = { ...answer, gesture, locale, notice_hash: consent.notice_hash, signals, path, key };
  const response = await callJson(context, "POST", "consents", body, token);
  return token && response.status === 401 ? postDecision(context, decision, key, "") : response;
}

async function keepDecision(
  context: Context,
  decision: Decision,
  data: ResponseBody,
  before: StoredConsent | null,
): Promise<void> {
  const { page, boot, store } = context;
  context.receiptUrl = `${page.base}${page.site}/${boot.locale}/receipt/${data.receipt}`;
  store.write(toStoredConsent(context, decision, data, before));
  await reviewStaleGrant(context);
  redraw(context, false, "consent", ...(before ? (["change"] as const) : []));
}

/** Only a grant keeps its token and its receipt. A refusal leaves no identifier behind. */
function toStoredConsent(
  { boot, receiptUrl }: Context,
  { purposes: decided, privacy_policy }: Decision,
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
