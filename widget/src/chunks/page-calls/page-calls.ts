import { tryChunk } from "../../core/chunks";
import { openView } from "../../core/events";
import { reloadWords } from "../../core/refresh";
import type { Chunks, Context } from "../../core/types";
import { setFromPage } from "./set-from-page";

/** Chunk: what a page asks the widget to do, but for listening and withdrawing. */
export default function createPageCalls(context: Context): Chunks["page-calls"] {
  return (call, value, extra) => {
    if (call === "set") setFromPage(context, value, extra);
    if (call === "open" || call === "preferences") openView(context, value ?? "banner");
    if (call === "locale") void reloadWords(context, `${value}`);
    if (call === "scan") void tryChunk(context, "scan", (scan) => scan(value as ShadowRoot));
  };
}
