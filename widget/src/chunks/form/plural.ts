import { t } from "../../core/strings";
import type { Context, Values } from "../../core/types";

/** The sentence about a number of things: `key` ends in the plural category that the language has for it. */
export function plural(context: Context, key: string, count: number, values: Values = {}): string {
  const { locale } = context.boot;
  const category = new Intl.PluralRules(locale).select(count);
  return t(context, `${key}.${category}`, { count: count.toLocaleString(locale), ...values });
}
