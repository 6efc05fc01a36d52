import type { Choice } from "./types";

/** What is kept of a choice that was taken back: that it was, and when it runs out. No identifier. */
export function ended(choice: Choice): Choice {
  const gone = { token: undefined, receipt: undefined, conversation: undefined };
  return { ...choice, ...gone, choice: "withdrawn", purposes: {}, privacy_policy: false };
}
