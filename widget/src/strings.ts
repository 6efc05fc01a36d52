import type { Desk, Values } from "./types";

/** Values are isolated (FSI, PDI), so that a name of another direction leaves the sentence around it as it is. */
const isolated = (value: string | number): string => `\u2068${value}\u2069`;

export function t({ boot }: Desk, key: string, values: Values = {}): string {
  const filled = (all: string, name: string): string => (name in values ? isolated(values[name]!) : all);
  return (boot.strings[key] ?? key).replace(/{(\w+)}/g, filled);
}

/** By the catalogue's words: a browser's first `Intl.ListFormat` takes longer than all the rest of a first paint. */
export function list(desk: Desk, names: readonly string[]): string {
  const before = (index: number): string => (index ? t(desk, names[index + 1] ? "list.next" : "list.last") : "");
  return names.map((name, index) => before(index) + isolated(name)).join("");
}
