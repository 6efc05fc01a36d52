import type { Context } from "../../core/types";

/** Where the page's `sessionStorage` holds what was typed into an unlocked feature. */
export const draftsKey = ({ page }: Context, feature: string): string => `forecourt:${page.site}:${feature}`;

/**
 * Moves what was typed from the storage into memory once its feature is locked, also on pages that do not have the
 * feature. There it stays until the page is left, and is back if the feature is unlocked again.
 */
export function watchDrafts(context: Context): void {
  function removeLocked(): void {
    const unlocked: readonly string[] | undefined = context.drawn?.unlocked;
    for (const feature of Object.keys(context.boot.features))
      if (unlocked && !unlocked.includes(feature)) takeOut(context, feature);
  }

  for (const name of ["change", "withdraw", "stale"]) context.events.addEventListener(name, removeLocked);
  removeLocked();
}

function takeOut(context: Context, feature: string): void {
  const text = readDrafts(context, feature);
  if (!text) return;
  (context.lockedDrafts ??= new Map()).set(feature, text);
  sessionStorage.removeItem(draftsKey(context, feature));
}

/** What an earlier page of this tab stored, as JSON, or what was taken out of the storage on this one. */
export function readDrafts(context: Context, feature: string): string {
  try {
    return sessionStorage.getItem(draftsKey(context, feature)) ?? context.lockedDrafts?.get(feature) ?? "";
  } catch {
    return ""; // The page's storage is blocked.
  }
}
