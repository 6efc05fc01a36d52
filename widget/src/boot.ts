import { call } from "./api";
import { emit } from "./events";
import type { Boot, Bus, Page } from "./types";

/** The one request before a choice; the policy's text comes along only where the page shows it. */
export async function fetchBoot(page: Page, bus: Bus, locale: string, fresh?: boolean): Promise<Boot | null> {
  const policy = document.querySelector("[data-forecourt=policy]") ? "1" : "";
  const query = new URLSearchParams({ locale, region: page.region, policy });
  const { status, data } = await call(page, "GET", `boot?${query}`, { fresh });
  if ("consent" in data) return data as Boot;
  emit(bus, "error", { code: "boot_failed", status });
  return null;
}
