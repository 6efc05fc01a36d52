import { loadChunk } from "./chunks";
import { showStatus } from "./dom";
import { t } from "./strings";
import type { Context, Decision } from "./types";

/** Stores a decision, and shows how that goes. Decisions follow one another, each on what the last one left. */
export async function submitDecision(context: Context, decision: Decision, root: HTMLElement): Promise<void> {
  showStatus(root, t(context, "saving"));
  const store = (): Promise<string> =>
    loadChunk(context, "choice").then(
      (choice) => choice.storeDecision(decision, root),
      () => t(context, "error.network"),
    );
  const stored = context.pendingDecision.then(store);
  context.pendingDecision = stored;
  const failure = await stored;
  if (failure) showStatus(root, failure);
}
