import { loadChunk } from "../core/chunks";
import { openView } from "../core/events";
import { pageDocument } from "../core/page-document";
import { addStyle, button, el, setLanguage, showStatus } from "../core/dom";
import { t } from "../core/strings";
import { PLACEMENT_STYLE } from "../core/style";
import type { Context, Page, Placement, PlacementKind, View } from "../core/types";
import { createFeatureGate } from "./feature";
import { createPolicy } from "./policy";

const LAUNCHER_ID = "forecourt-launcher";

/** A form is no placement: its fields stand in front of the members whose names they have. */
export const findHosts = (): NodeListOf<HTMLElement> => pageDocument.querySelectorAll("[data-forecourt]:not(form)");

/** The page's placements. A page without any gets the policy. */
export function findPlacements(page: Page): Placement[] {
  if (!findHosts()[0]) addPolicyHost(page);
  return [...findHosts()].map((host) => createPlacement(host));
}

/** The language of our words: what the tag says, else the `lang` nearest to them. */
export const pageLocale = (page: Page): string =>
  page.locale || (findHosts()[0] ?? pageDocument.body).closest<HTMLElement>("[lang]:not(form)")?.lang || "";

/** Where the script stands; at the end of the body for a script in the head. */
function addPolicyHost({ script }: Page): void {
  const host = el("div", { "data-forecourt": "policy" });
  if (pageDocument.body.contains(script)) script.after(host);
  else pageDocument.body.append(host);
}

/** `css`: comes after our own, such as the site's theme. */
export function createPlacement(host: HTMLElement, css = ""): Placement {
  const root = el("div", { class: "root" });
  const shadow = attachShadow(host);
  addStyle(shadow, PLACEMENT_STYLE + css);
  shadow.append(root);
  return { kind: host.dataset["forecourt"] as PlacementKind, host, root, shadow };
}

/** Some elements take no shadow root, or have one already. Then a child of ours carries it. */
function attachShadow(host: HTMLElement): ShadowRoot {
  const options = { mode: "open" } as const;
  try {
    return host.attachShadow(options);
  } catch {
    return host.appendChild(el("div")).attachShadow(options);
  }
}

/** What a placement shows. */
export function createView(context: Context, placement: Placement): View {
  if (placement.kind === "policy") return createPolicy(placement, context);
  if (placement.kind === "preferences" || placement.kind === "launcher") return createOpener(placement, context);
  return createFeatureGate(placement, placement.kind, context);
}

/** Adds the launcher in its corner, as a placement of ours. */
export function addLauncher({ boot, floatingHosts }: Context, placements: Placement[]): void {
  if (!boot.launcher.corner) return;
  const host = el("div", { id: LAUNCHER_ID, "data-forecourt": "launcher", popover: "manual" });
  floatingHosts.push(host);
  pageDocument.body.append(host);
  placements.push(createPlacement(host));
  hideSecondLauncher();
}

/** Where the page has a place for the launcher, ours in the corner is hidden. */
export function hideSecondLauncher(): void {
  const launchers = [...findHosts()].filter(({ dataset }) => dataset["forecourt"] === "launcher");
  for (const host of launchers) if (host.id === LAUNCHER_ID) host.hidden = !!launchers[1];
}

/** A button in a placement: to see and change the choice, or to open what the site offers. */
function createOpener({ kind, host, root }: Placement, context: Context): View {
  const isLauncher = kind === "launcher";
  const open = (): unknown =>
    isLauncher
      ? loadChunk(context, kind).then(
          (launcher) => launcher.toggle(opener),
          () => showStatus(root, t(context, "placement.failed")),
        )
      : openView(context, "banner", opener);
  const opener = button("", open, { "aria-expanded": isLauncher && "false" });
  root.append(opener, ...(isLauncher ? [el("p", { role: "status" })] : []));
  return {
    kind,
    host,
    update() {
      setLanguage(host.popover ? host : root, context);
      opener.textContent = t(context, `${kind}.title`);
    },
  };
}
