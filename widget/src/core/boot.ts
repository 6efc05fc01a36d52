import { callApi } from "./api-client";
import { drawFailure } from "./dom";
import { emit } from "./events";
import { pageDocument } from "./page-document";
import type { Boot, Context, Placement } from "./types";

/** The context, or what there is of it before the first boot. */
type BootSource = Pick<Context, "page" | "events">;

/** Makes the one request before a choice, with the policy's text only where the page shows it. Null: it failed. */
export async function fetchBoot(
  { page, events }: BootSource,
  locale: string,
  cache: RequestCache = "default",
): Promise<Boot | null> {
  const policy = pageDocument.querySelector("[data-forecourt=policy]") ? "1" : "";
  const query = new URLSearchParams({ locale, region: page.region, policy });
  const { status, data } = await callApi(page, "GET", `boot?${query}`, { cache });
  if ("consent" in data) return data as Boot;
  emit(events, "error", { code: "boot_failed", status });
  return null;
}

/** The only words the script carries itself: without a boot there are no others. */
const retryWords = (locale: string): readonly [lang: string, sentence: string, retry: string] =>
  /^n[bno]/.test(locale)
    ? ["nb", "Denne delen kunne ikke lastes inn.", "Prøv igjen"]
    : ["en", "This part could not be loaded.", "Try again"];

/** Says in every placement that the boot failed. Resolves when the visitor asks to try again. */
export function offerRetry(placements: readonly Placement[], locale: string): Promise<void> {
  const [lang, sentence, retry] = retryWords(locale);
  return new Promise((resolve) => {
    for (const { root } of placements) {
      root.lang = lang;
      drawFailure(root, sentence, retry, resolve);
    }
  });
}
