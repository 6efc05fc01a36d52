import { externalLink, mailLink } from "../../core/dom";

// The console finds addresses by the same rules (`server/forecourt/links_in_text.py`), and one list of cases tests both.
const NO_LETTER = "\\x00-\\x2c\\x2e\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\xbf\\u2000-\\u206f\\u3000-\\u303f\\uff00-\\uff65";
const LABEL = `[^${NO_LETTER}]{1,63}`;
/** The last label has one script: in Japanese the next word follows without a blank. */
const DOMAIN = `(?:${LABEL}\\.)+(?:[a-z0-9-]{1,63}|[^\\x00-\\x7f${NO_LETTER}]{1,63})`;
const PATH = '[^\\x00-\\x20"<>\\\\^`{|}\\x7f-\\xa0«»\\u2000-\\u206f\\u3000-\\u303f\\uff00-\\uff65]*';
const ADDRESS = new RegExp(
  `\\b(https?://(?:${DOMAIN}|localhost)(?::\\d{1,5})?(?:[/?#]${PATH})?)|\\b([a-z0-9][a-z0-9.!#$%&'*+/=?^_{|}~-]{0,63}@${DOMAIN})`,
  "gi",
);
/** Without `noreferrer`, which the policy says as well: a checker of user content looks for these three. */
const ATTRIBUTES = { rel: "noopener nofollow ugc", referrerpolicy: "no-referrer" };
const OPENING: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/** A text in which web and mail addresses are links. Nothing else becomes an element. */
export function linkAddresses(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let end = 0;
  for (const { 0: match, 1: url, index } of text.matchAll(ADDRESS)) {
    const address = url ? trimEnd(url) : match;
    const link = url ? externalLink(address, address, ATTRIBUTES) : mailLink(address);
    link.dir = "ltr";
    parts.push(text.slice(end, index), link);
    end = index + address.length;
  }
  return [...parts, text.slice(end)];
}

/** Leaves out what belongs to the sentence: its punctuation, and a bracket that was opened before the address. */
function trimEnd(url: string): string {
  let end = url.length;
  for (;;) {
    const last = url[end - 1]!;
    const opening = OPENING[last];
    const isOpened = opening && count(url.slice(0, end), opening) >= count(url.slice(0, end), last);
    if (!/[.,:;!?'*)\]]/.test(last) || isOpened) return url.slice(0, end);
    end--;
  }
}

const count = (text: string, mark: string): number => text.split(mark).length;
