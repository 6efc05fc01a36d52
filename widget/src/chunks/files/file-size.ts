import type { Context } from "../../core/types";

/** A number of bytes as `840 kB` or `1.2 MB`, in the reader's language. */
export function formatSize({ boot }: Context, bytes: number): string {
  const isSmall = bytes < 999_500;
  const unit = isSmall ? "kilobyte" : "megabyte";
  const format = new Intl.NumberFormat(boot.locale, { style: "unit", unit, maximumFractionDigits: isSmall ? 0 : 1 });
  return format.format(Math.max(1, bytes / 1000) / (isSmall ? 1 : 1000));
}
