import type { Context } from "../../core/types";

/** The page's language in the reader's own region: a British reader has 24 hours. English is British for lack of one. */
export function readerLocale({ boot }: Context): Intl.Locale {
  const region = /-([A-Z]{2})\b/.exec(navigator.languages.join())?.[1] ?? (boot.locale === "en" ? "GB" : undefined);
  return new Intl.Locale(boot.locale, { ...(region && { region }) });
}

/** The time of day, with the date when it was another day. */
export function formatTime(context: Context, time: Date): string {
  const isToday = time.toDateString() === new Date().toDateString();
  const date: Intl.DateTimeFormatOptions = isToday ? {} : { dateStyle: "medium" };
  return new Intl.DateTimeFormat(readerLocale(context), { ...date, timeStyle: "short" }).format(time);
}
