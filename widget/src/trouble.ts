import { button, el } from "./dom";
import type { Spot } from "./types";

/** The only words the script carries itself: without a boot there are no others. */
const WORDS = {
  en: ["This part could not be loaded.", "Try again"],
  nb: ["Denne delen kunne ikke lastes inn.", "Prøv igjen"],
} as const;

/** Says in every place that the boot failed; resolves when the visitor asks to try again. */
export function offerRetry(spots: readonly Spot[], locale: string): Promise<void> {
  const lang = /^n[bno]\b/.test(locale) ? "nb" : "en";
  const [sentence, again] = WORDS[lang];
  return new Promise((resolve) => {
    for (const { root } of spots) {
      const said = el("p", { role: "alert" }, sentence);
      root.replaceChildren(el("div", { class: "card", lang }, said, button(again, () => resolve())));
    }
  });
}
