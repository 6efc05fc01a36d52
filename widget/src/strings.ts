import type { Desk, Values } from "./types";

/** Values are isolated (FSI, PDI), so that a name of another direction leaves the sentence around it as it is. */
const isolated = (value: string | number): string => `\u2068${value}\u2069`;

export function t({ boot }: Desk, key: string, values: Values = {}): string {
  const filled = (all: string, name: string): string => (name in values ? isolated(values[name]!) : all);
  return (boot.strings[key] ?? key).replace(/{(\w+)}/g, filled);
}

export function list({ boot }: Desk, names: readonly string[]): string {
  return new Intl.ListFormat(boot.locale).format(names.map(isolated));
}
