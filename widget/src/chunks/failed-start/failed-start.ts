import type { Context } from "../../core/types";

/** There is no boot, so there are no other words. */
const WORDS = {
  en: ["This part cannot be shown in your browser. ", "Open it on a page of its own"],
  nb: ["Denne delen kan ikke vises i nettleseren din. ", "Åpne den på en egen side"],
} as const;

/**
 * Chunk: says in each placement that the widget did not start, and leads to the page on the server, which needs no script.
 * The browser is older than those of docs/embed.md, or something of the page is in the way. So this borrows no code, and
 * uses nothing that is younger than its syntax. What the page itself has written in a placement is shown instead.
 */
export default function explainFailedStart({ page, startError }: Context): void {
  console.error("forecourt: not started. This browser may be too old.", startError);
  const root = document.documentElement;
  const lang = /^n[bno]/.test(page.locale || root.lang) ? "nb" : "en";
  const [sentence, label] = WORDS[lang];
  for (const host of Document.prototype.querySelectorAll.call(document, "[data-forecourt]:not(form)")) {
    const place = host.shadowRoot ?? host;
    // Once it has a shadow root, what the page wrote is seen by a slot.
    if (place !== host) place.append(document.createElement("slot"));
    if (host.textContent!.trim()) continue;
    const link = document.createElement("a");
    link.href = `${page.base}${page.site}/`;
    link.append(label);
    const text = document.createElement("p");
    text.lang = lang;
    text.append(sentence, link);
    place.append(text);
  }
}
