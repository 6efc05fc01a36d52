import { tryChunk } from "../../core/chunks";
import { openView } from "../../core/events";
import { reloadWords } from "../../core/refresh";
import type { Chunks, Context, Feature } from "../../core/types";
import { setFromPage } from "./set-from-page";

/** Where no place of the page holds a feature, the launcher's panel does. */
function open(context: Context, kind: unknown): void {
  const isFeature = Object.keys(context.boot.features).includes(kind as string);
  const feature = isFeature ? (kind as Feature) : undefined;
  const isPlaced = context.views.some((view) => view.kind === kind);
  if (kind === "launcher" || (isFeature && !isPlaced)) void tryChunk(context, "launcher", (panel) => panel.open(feature));
  else openView(context, kind ?? "banner");
}

/** Chunk: what a page asks the widget to do, but for listening and withdrawing. */
export default function createPageCalls(context: Context): Chunks["page-calls"] {
  return (call, value, extra) => {
    if (call === "set") setFromPage(context, value, extra);
    if (call === "preferences") openView(context, "banner");
    if (call === "open") open(context, value);
    if (call === "locale") void reloadWords(context, `${value}`);
    if (call === "scan") void tryChunk(context, "scan", (scan) => scan(value as ShadowRoot));
  };
}
