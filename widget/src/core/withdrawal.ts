import { callApi } from "./api-client";
import { consentSnapshot, consentStatus } from "./consent-status";
import { emit } from "./events";
import { redraw, reviewStaleGrant } from "./refresh";
import type { Context, StoredConsent } from "./types";

/** Stores that a choice was withdrawn, and when it expires. `token`: to tell the server with, for nothing else. */
export const storeWithdrawal = ({ store }: Context, { expires_at }: StoredConsent, token?: string): void =>
  store.write({ choice: "withdrawn", purposes: {}, expires_at, token });

/** Locks at once, with or without the server and the chunks. Withdraws what is still being stored, too. */
export function withdraw(context: Context): void {
  const withdrawStored = (): void => {
    const stored = context.store.read();
    if (!stored?.token || stored.choice === "withdrawn") return;
    context.receiptUrl = context.tickedPolicy = undefined;
    storeWithdrawal(context, stored, stored.token);
    redraw(context, false, "withdraw");
    context.pendingDecision = Promise.all([context.pendingDecision, reportWithdrawal(context)]);
  };
  withdrawStored();
  void context.pendingDecision.then(withdrawStored);
}

/** Tells the server of a withdrawal. Until it knows, each page tries again. */
export async function reportWithdrawal(context: Context): Promise<void> {
  const stored = context.store.read();
  if (!stored?.token || stored.choice !== "withdrawn") return;
  const { ok, status, data } = await callApi(context.page, "DELETE", "consents/current", {
    headers: { Authorization: `Bearer ${stored.token}` },
  });
  // The answer says until when the withdrawal counts.
  if (ok || status === 401) storeWithdrawal(context, { ...stored, ...data } as StoredConsent);
  else emit(context.events, "error", { code: "withdrawal_pending", status });
}

/** Looks again: another tab, the back/forward cache or time without a network may have changed the choice. */
export async function syncConsent(context: Context): Promise<void> {
  void reportWithdrawal(context);
  if (JSON.stringify(consentSnapshot(context)) === JSON.stringify(context.drawn)) return;
  await reviewStaleGrant(context);
  redraw(context, false, consentStatus(context) === "withdrawn" ? "withdraw" : "change");
}
