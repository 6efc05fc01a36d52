import { isAsked } from "../../banner/banner";
import { hasReadPolicy, isGranted, isRefusedByBrowser } from "../../core/consent-status";
import type { BootPurpose, Context, Decision, PurposeAnswer } from "../../core/types";

/** The answer to each purpose that was decided. */
type Answers = Readonly<Record<string, boolean | undefined>>;

/** A decision as it is sent, but for what the server wants to know beside it. */
export interface Choice extends Pick<Decision, "source"> {
  readonly purposes: Answers;
  readonly privacy_policy: boolean;
  readonly gesture: "trusted" | "scripted";
}

/** What a decision comes to, as things are now. */
export function toChoice(context: Context, { answer, privacy_policy, source, isTrusted }: Decision): Choice {
  return {
    purposes: answerPurposes(context, toPurposeAnswer(context, answer)),
    privacy_policy: privacy_policy ?? (answer !== "reject" && hasReadPolicy(context)),
    source,
    gesture: isTrusted ? "trusted" : "scripted",
  };
}

/** Where only a change is asked, the answers are about that alone. */
function toPurposeAnswer(context: Context, answer: Decision["answer"]): PurposeAnswer {
  if (answer === "accept") return (purpose) => isAsked(context, purpose) || previousAnswer(context, purpose.name);
  if (answer === "reject") return (purpose) => (context.staleGrant && !isAsked(context, purpose) ? undefined : false);
  if (typeof answer === "function") return answer;
  return ({ name }) => answer.includes(name) || previousAnswer(context, name);
}

/** The answer that stays for a purpose that is not asked: undefined where only a change is asked. */
export const previousAnswer = (context: Context, name: string): boolean | undefined =>
  context.staleGrant ? undefined : isGranted(context, name);

/** A required purpose is never refused, and one the browser refuses is never granted. */
function answerPurposes({ boot }: Context, answer: PurposeAnswer): Answers {
  const grants = (purpose: BootPurpose): boolean | undefined =>
    purpose.required || (!isRefusedByBrowser(purpose) && answer(purpose));
  return Object.fromEntries(boot.consent.purposes.map((purpose) => [purpose.name, grants(purpose)]));
}
