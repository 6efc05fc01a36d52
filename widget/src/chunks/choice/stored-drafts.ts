import type { Context } from "../../core/types";

/** Where the page's `sessionStorage` holds what was typed into an unlocked feature. */
export const draftsKey = ({ page }: Context, feature: string): string => `forecourt:${page.site}:${feature}`;

/**
 * Removes what was typed from the storage once its feature is locked, also on pages that do not have the feature. In
 * memory it stays until the page is left.
 */
export function watchDrafts(context: Context): void {
  function removeLocked(): void {
    const unlocked: readonly string[] | undefined = context.drawn?.unlocked;
    try {
      for (const feature of Object.keys(context.boot.features))
        if (unlocked && !unlocked.includes(feature)) sessionStorage.removeItem(draftsKey(context, feature));
    } catch {
      // The page's storage is blocked.
    }
  }

  for (const name of ["change", "withdraw", "stale"]) context.events.addEventListener(name, removeLocked);
  removeLocked();
}
