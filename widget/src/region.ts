import type { Desk, Kit } from "./types";

const NAME = "forecourt-region";

/** Shows the policy for a region, here and wherever else the page shows it, and keeps the choice in its address. */
export async function chooseRegion(kit: Kit, link: HTMLAnchorElement, status: HTMLElement): Promise<void> {
  const { desk, t } = kit;
  const region = link.dataset["forecourtRegion"]!;
  desk.page.region = region;
  status.textContent = t("place.loading");
  link.ariaBusy = "true";
  const { locale } = desk.boot;
  const boot = await desk.fetch(locale);
  link.ariaBusy = null;
  if (desk.page.region !== region) return; // Another one was chosen meanwhile, and draws.
  if (desk.boot.locale !== locale) return chooseRegion(kit, link, status); // The language was.
  if (!boot?.policy) return instead(kit, link, status);
  keep(desk);
  desk.boot = { ...desk.boot, policy: boot.policy };
  for (const view of desk.views) if (view.kind === "policy") view.update(true);
  status.textContent = t("policy.shown", { region: labelOf(link) });
}

/** Without the count that stands after it. */
export const labelOf = (link: HTMLElement): string => link.firstChild!.textContent!.trim();

/** What stands stays, and the link is followed beside it. */
function instead({ desk, root }: Kit, { href }: HTMLAnchorElement, status: HTMLElement): void {
  const shown = root.querySelector<HTMLElement>(`[data-${NAME}][aria-current]`);
  desk.page.region = shown?.dataset["forecourtRegion"] ?? "";
  status.textContent = "";
  if (!open(href)) location.href = href;
}

/** The history entry, its state and the address's other parameters stay what they are. */
function keep({ page }: Desk): void {
  const url = new URL(location.href);
  const others = url.search.slice(1).split("&").filter((each) => each && !each.startsWith(`${NAME}=`));
  // Where the page itself names a region, "all of them" has to be said.
  const chosen = page.region || page.script.dataset["region"] ? [`${NAME}=${page.region}`] : [];
  url.search = [...others, ...chosen].join("&");
  try {
    history.replaceState(history.state, "", url.href);
  } catch {
    // A page without an address of its own, such as a srcdoc frame, cannot keep it.
  }
}
