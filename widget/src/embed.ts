import "./style";
import { fetchBoot } from "./boot";
import { createBus } from "./events";
import { readPage, parsed } from "./page";
import { findSpots, spokenIn } from "./places";
import { answerCalls, taken } from "./public";
import { offerRetry } from "./trouble";
import type { Bus, Desk, Page } from "./types";
import { createWidget } from "./widget";

async function start(page: Page, bus: Bus): Promise<Desk> {
  await parsed();
  const spots = findSpots(page);
  const fetch: Desk["fetch"] = (locale, fresh) => fetchBoot(page, bus, locale, fresh);
  const locale = spokenIn(page);
  let boot;
  while (!(boot = await fetch(locale))) await offerRetry(spots, locale);
  return createWidget(page, bus, spots, boot, fetch);
}

const page = taken() ? null : readPage();
if (page) {
  const bus = createBus();
  answerCalls(bus, start(page, bus));
}
