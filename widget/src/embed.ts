import "./style";
import { fetchBoot } from "./boot";
import { createBus } from "./events";
import { readPage, parsed } from "./page";
import { findSpots } from "./places";
import { answerCalls, taken } from "./public";
import { offerRetry } from "./trouble";
import type { Bus, Desk, Page } from "./types";
import { createWidget } from "./widget";

async function start(page: Page, bus: Bus): Promise<Desk> {
  await parsed();
  const spots = findSpots(page);
  const fetch: Desk["fetch"] = (locale, fresh) => fetchBoot(page, bus, spots, locale, fresh);
  const locale = page.locale || spokenAt(spots[0]!.host);
  let boot;
  while (!(boot = await fetch(locale))) await offerRetry(spots, locale);
  return createWidget(page, bus, spots, boot, fetch);
}

/** The nearest `lang`, read where the words will stand. */
function spokenAt(host: HTMLElement): string {
  return host.closest<HTMLElement>("[lang]")?.lang ?? "";
}

const page = taken() ? null : readPage();
if (page) {
  const bus = createBus();
  answerCalls(bus, start(page, bus));
}
