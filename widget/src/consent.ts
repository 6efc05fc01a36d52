import { rest } from "./kit";
import { barred } from "./state";
import { t } from "./strings";
import type { Desk, Offer, Purpose } from "./types";

/** Every purpose with what was decided on it; a required one is never refused, a barred one never granted. */
export function offer(
  { boot }: Desk,
  given: (purpose: Purpose) => boolean | undefined,
  privacy_policy: boolean,
  source: Offer["source"],
  { isTrusted }: Event,
): Offer {
  const decided = (purpose: Purpose) => purpose.required || (!barred(purpose) && given(purpose));
  const purposes = boot.consent.purposes.map((purpose) => [purpose.name, decided(purpose)]);
  return { purposes: Object.fromEntries(purposes), privacy_policy, source, gesture: isTrusted ? "trusted" : "scripted" };
}

/** Stores a decision, and says where it was made how that goes. One follows another, on what the last one left. */
export async function decide(desk: Desk, make: () => Offer, said: () => Element): Promise<void> {
  said().textContent = t(desk, "saving");
  const stored = (desk.pending = desk.pending.then(() => rest(desk).then(({ choose }) => choose(make), () => t(desk, "error.network"))));
  const sentence = await stored;
  // Newer words may have drawn everything again meanwhile.
  if (sentence) said().textContent = sentence;
}
