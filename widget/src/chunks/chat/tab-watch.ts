import { pageDocument } from "../../core/page-document";
import type { Conversation } from "./conversation";
import type { TabTitle } from "./tab-title";

/** How long a hidden tab goes on listening for an answer. */
const HIDDEN_LISTENING = 30 * 60_000; // ms

/** Resumes when somebody looks at the page again, or the network returns, and lets a hidden tab listen for a while. */
export function watchTab(conversation: Conversation, tabTitle: TabTitle, signal: AbortSignal): void {
  let timer = 0;

  function followTab(): void {
    clearTimeout(timer);
    conversation.follow();
    if (pageDocument.hidden) timer = setTimeout(conversation.pause, HIDDEN_LISTENING);
    else tabTitle.restore();
  }

  pageDocument.addEventListener("visibilitychange", followTab, { signal });
  addEventListener("online", conversation.follow, { signal });
  // With an open connection the browser would not keep the page for a return.
  addEventListener("pagehide", conversation.pause, { signal });
  addEventListener("pageshow", ({ persisted }) => persisted && conversation.follow(), { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    conversation.pause();
    tabTitle.restore();
  });
}
