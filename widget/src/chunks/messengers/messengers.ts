import { addStyle, drawCard, drawFailure, el, externalLink } from "../../core/dom";
import { t } from "../../core/strings";
import type { Chunks, Context, Messenger, MountedFeature, Placement } from "../../core/types";
import { callWithGrant, explainFailure, isGrantLost } from "../choice/gated-calls";
import css from "./messengers.css";

/** Chunk: links to the messengers. Their addresses come with the grant, and nothing is fetched from there. */
export default function createMessengers(context: Context): Chunks["messengers"] {
  const styled = new WeakSet<ShadowRoot>();
  return (placement) => {
    const { shadow } = placement;
    if (!styled.has(shadow)) addStyle(shadow, css);
    styled.add(shadow);
    return mountMessengers(context, placement);
  };
}

function mountMessengers(context: Context, placement: Placement): MountedFeature {
  const { root, host } = placement;
  const title = el("h2", { tabindex: -1 }, t(context, "messengers.title"));
  const list = el("ul", { class: "messengers" });
  const status = el("p", { role: "status" }, t(context, "placement.loading"));

  async function load(): Promise<void> {
    const response = await callWithGrant(context, "GET", "messengers");
    const { messengers } = response.data;
    // It was locked meanwhile.
    if (!title.isConnected || isGrantLost(response)) return;
    status.textContent = "";
    if (messengers) return list.replaceChildren(...messengers.map((messenger) => drawLink(context, messenger)));
    const isFocused = host.matches(":focus-within");
    const restart = (): void => mountMessengers(context, placement).focus();
    drawFailure(root, explainFailure(context, response), t(context, "retry"), restart);
    if (isFocused) root.querySelector("button")!.focus();
  }

  drawCard(root, title, el("p", {}, t(context, "messengers.lead")), list, status);
  void load();
  return { focus: () => title.focus() };
}

function drawLink(context: Context, { name, company, address }: Messenger): HTMLElement {
  const link = externalLink(name, address, { rel: "noopener noreferrer" });
  return el("li", {}, link, el("br"), t(context, "messengers.opens", { name, company }));
}
