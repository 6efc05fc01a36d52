import { fetchBoot } from "../../core/boot";
import { t } from "../../core/strings";
import type { Context, Page } from "../../core/types";
import { openBeside } from "../../placements/policy";

const PARAMETER = "forecourt-region";

type ChooseRegion = (link: HTMLAnchorElement) => Promise<void>;

/** Shows the policy for a region wherever the page shows it, and keeps the region in the page's address. */
export function createRegionFilter(context: Context, root: HTMLElement, status: HTMLElement): ChooseRegion {
  const { page } = context;

  async function chooseRegion(link: HTMLAnchorElement): Promise<void> {
    const region = link.dataset["forecourtRegion"]!;
    page.region = region;
    status.textContent = t(context, "placement.loading");
    link.ariaBusy = "true";
    const { locale } = context.boot;
    const boot = await fetchBoot(context, locale);
    link.ariaBusy = null;
    if (page.region !== region) return; // Another region was chosen meanwhile, and will be drawn.
    if (context.boot.locale !== locale) return chooseRegion(link); // Another language was.
    if (!boot?.policy) return openInstead(link);
    writeAddress(page);
    context.boot = { ...context.boot, policy: boot.policy };
    for (const view of context.views) if (view.kind === "policy") view.update(true);
    status.textContent = t(context, "policy.region_status", { region: regionLabel(link) });
  }

  /** The policy stays as it is, and the link opens beside it. */
  function openInstead(link: HTMLAnchorElement): void {
    const current = root.querySelector<HTMLElement>(`[data-${PARAMETER}][aria-current]`);
    page.region = current?.dataset["forecourtRegion"] ?? "";
    status.textContent = "";
    openBeside(link);
  }

  return chooseRegion;
}

/** A region's name, without the count after it. */
export const regionLabel = (link: HTMLElement): string => link.firstChild!.textContent!.trim();

/** The history entry, its state and the address's other parameters stay what they are. */
function writeAddress({ region, script }: Page): void {
  const url = new URL(location.href);
  const others = url.search
    .slice(1)
    .split("&")
    .filter((pair) => pair && !pair.startsWith(`${PARAMETER}=`));
  // Where the script tag names a region, an empty value says "all of them".
  const chosen = region || script.dataset["region"] ? [`${PARAMETER}=${region}`] : [];
  url.search = [...others, ...chosen].join("&");
  try {
    history.replaceState(history.state, "", url.href);
  } catch {
    // A page without an address of its own, such as a srcdoc frame, cannot keep it.
  }
}
