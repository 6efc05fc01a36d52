import { loadChunk } from "./chunks";
import { showStatus } from "./dom";
import { t } from "./strings";
import type { Context, Decision, PurposeAnswer } from "./types";

/** What a visitor decided about every purpose, as it is asked now. */
export const makeDecision = (
  { boot }: Context,
  answer: PurposeAnswer,
  privacy_policy: boolean,
  source: Decision["source"],
  { isTrusted }: Event,
): Decision => ({
  purposes: Object.fromEntries(boot.consent.purposes.map((purpose) => [purpose.name, answer(purpose)])),
  privacy_policy,
  source,
  isTrusted,
});

/** Stores a decision, and shows how that goes. Decisions follow one another, each on what the last one left. */
export async function submitDecision(context: Context, decide: () => Decision, root: HTMLElement): Promise<void> {
  showStatus(root, t(context, "saving"));
  const store = () =>
    loadChunk(context, "choice").then(
      (choice) => choice.storeDecision(decide),
      () => t(context, "error.network"),
    );
  const failure = await (context.pendingDecision = context.pendingDecision.then(store));
  if (failure) showStatus(root, failure);
}
