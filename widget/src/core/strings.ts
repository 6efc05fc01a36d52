import type { BootPurpose, Context, Values } from "./types";

/** Isolates a value (FSI, PDI), so that a name of another direction leaves the sentence around it as it is. */
const isolate = (value: string | number): string => `\u2068${value}\u2069`;

/** The sentence of the catalogue under `key`, with its placeholders filled. */
export function t({ boot }: Context, key: string, values: Values = {}): string {
  const fill = (placeholder: string, name: string): string => (name in values ? isolate(values[name]!) : placeholder);
  return (boot.strings[key] ?? key).replace(/{(\w+)}/g, fill);
}

/** Joins names as the server does, by CLDR: a first `Intl.ListFormat` would take longer than all of a first paint. */
export function joinNames(context: Context, names: readonly string[]): string {
  return names
    .map((name, index) => (index ? t(context, names[index + 1] ? "list.next" : "list.last") : "") + isolate(name))
    .join("");
}

/** Joins the titles of purposes. */
export const joinTitles = (context: Context, purposes: readonly BootPurpose[]): string =>
  joinNames(
    context,
    purposes.map(({ title }) => title),
  );
