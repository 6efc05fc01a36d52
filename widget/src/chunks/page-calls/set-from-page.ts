import { loadChunk } from "../../core/chunks";
import { hasReadPolicy } from "../../core/consent-status";
import { emit } from "../../core/events";
import type { Context, Decision, PurposeAnswer } from "../../core/types";
import { previousAnswer, toChoice } from "../choice/answers";

/** What a person does on purpose. A scroll or a movement is trusted as well, but is no choice. */
const GESTURES = /^(click|change|submit|keydown|keyup)$/;

/** Stores a choice made by the page's own control. Granting needs the event of a real click or key. */
export function setFromPage(context: Context, purposes: unknown, event: unknown): void {
  // What a page adds to `Object.prototype` is no answer.
  const requestedPurposes: Record<string, unknown> = { __proto__: null, ...Object(purposes) };
  const isGesture = event instanceof Event && GESTURES.test(event.type) && navigator.userActivation.isActive;
  const gestureEvent = isGesture ? event : new Event(""); // which is not trusted
  const decision = toDecision(context, requestedPurposes, gestureEvent);
  const { purposes: answers, privacy_policy } = toChoice(context, decision);
  const grants = context.boot.consent.purposes.some(({ name, required }) => !required && answers[name]);
  if ((grants || privacy_policy) && !decision.isTrusted)
    return emit(context.events, "error", { code: "gesture_required", status: 0 });
  context.pendingDecision = context.pendingDecision.then(() => store(context, decision));
}

async function store(context: Context, decision: Decision): Promise<void> {
  const { storeDecision } = await loadChunk(context, "choice");
  if (await storeDecision(decision)) emit(context.events, "error", { code: "not_stored", status: 0 });
}

/** What is not named stays as it is. */
function toDecision(context: Context, requestedPurposes: Record<string, unknown>, { isTrusted }: Event): Decision {
  const answer: PurposeAnswer = ({ name }) =>
    name in requestedPurposes ? !!requestedPurposes[name] : previousAnswer(context, name);
  const privacy_policy = !!(requestedPurposes["privacy_policy"] ?? hasReadPolicy(context));
  return { answer, privacy_policy, source: "inline", isTrusted };
}
