import { consentStatus, isRefusedByBrowser } from "../../core/consent-status";
import type { Context, Decision } from "../../core/types";
import type { StoreDecision } from "./store-decision";

/** Where a grant is older than the browser's Global Privacy Control, its refusal is sent to the server and recorded. */
export function reportGlobalPrivacyControl(context: Context, storeDecision: StoreDecision): void {
  const stored = context.store.read();
  const isNews = context.boot.consent.purposes.some(
    (purpose) => isRefusedByBrowser(purpose) && stored?.purposes[purpose.name],
  );
  const refusal: Decision = { answer: () => undefined, privacy_policy: false, source: "gpc", isTrusted: false };
  if (isNews && consentStatus(context) === "granted")
    context.pendingDecision = context.pendingDecision.then(() => storeDecision(refusal));
}
