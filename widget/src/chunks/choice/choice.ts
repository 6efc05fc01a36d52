import { tryChunk } from "../../core/chunks";
import { pageDocument } from "../../core/page-document";
import type { Chunks, Context } from "../../core/types";
import { reportGlobalPrivacyControl } from "./global-privacy-control";
import { takeUpTick, tickPolicy } from "./policy-tick";
import { shareConsent } from "./shared-cookie";
import { createDecisionStore } from "./store-decision";
import { watchDrafts } from "./stored-drafts";

/** Chunk: what a visitor needs who makes a choice, or has made one. */
export default function createChoice(context: Context): Chunks["choice"] {
  shareConsent(context);
  watchDrafts(context);
  takeUpTick(context);
  const storeDecision = createDecisionStore(context);
  reportGlobalPrivacyControl(context, storeDecision);
  let isAttending = false;
  return {
    async storeDecision(decision, root) {
      const failure = await storeDecision(decision, root);
      if (!failure) void tryChunk(context, "control", (control) => control.showNews());
      return failure;
    },
    tickPolicy: (isTicked) => tickPolicy(context, isTicked),
    attendHostPage(fresh) {
      isAttending ||= hasHostPageWork(context);
      if (isAttending) void tryChunk(context, "host-page", (hostPage) => hostPage.attendHostPage(fresh));
    },
  };
}

/** After a choice: scripts and frames of the page, its other tools, or what a purpose may have left. */
function hasHostPageWork({ boot, shadowRoots }: Context): boolean {
  const leavesData = boot.consent.purposes.some(({ cookies, storage }) => cookies[0] ?? storage[0]);
  return (
    leavesData ||
    shadowRoots.size > 0 ||
    boot.google_data_layer in window ||
    "gtag" in window ||
    !!pageDocument.querySelector("[data-forecourt-purpose]")
  );
}
