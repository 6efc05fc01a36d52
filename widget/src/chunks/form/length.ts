import type { Context } from "../../core/types";
import { plural } from "./plural";

/** What the server takes out before it counts (`text_cleanup.py`); of one line also the marks of direction. */
// oxlint-disable-next-line no-control-regex -- U+001F is Word's soft hyphen
const UNCOUNTED = /[\x1f\xad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffc]/g;
const UNCOUNTED_IN_LINE = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What is sent of a text: without blanks around it, and without a half of a character, which JSON cannot carry. */
export const trimText = (text: string): string => text.trim().replace(/\p{Cs}/gu, "\ufffd");

/** Counts characters as the server does: code points, not the units of UTF-16. */
function countCharacters(text: string, isLine: boolean): number {
  const counted = trimText(text).replace(UNCOUNTED, "");
  return [...(isLine ? counted.replace(UNCOUNTED_IN_LINE, "").trim() : counted)].length;
}

/** "" or a sentence that says by how many characters a text is too long. */
export function checkLength(context: Context, text: string, limit: number, isLine: boolean): string {
  const excess = countCharacters(text, isLine) - limit;
  const { locale } = context.boot;
  return excess > 0 ? plural(context, "form.too_long", excess, { limit: limit.toLocaleString(locale) }) : "";
}
