import { pageDocument } from "../../core/page-document";
import type { ChatMessage, Context } from "../../core/types";
import { plural } from "../form/plural";

export interface TabTitle {
  /** Says in a hidden tab's title that an agent has written. A message counts once, in however many chats it is shown. */
  add(message: ChatMessage): void;
  /** Gives the page its title back. */
  restore(): void;
}

/** By the prototype, as `pageDocument` reads: an element may be named `title`. */
const setTitle = (title: string): unknown => Reflect.set(Document.prototype, "title", title.trim(), document);

/** The sign of a hidden tab that an agent has answered. It stands still: a title that blinks is motion. */
export function createTabTitle(context: Context): TabTitle {
  const unread = new Set<number>();
  let sign = "";

  function restore(): void {
    // The page may have changed its title meanwhile: only what is ours is taken away.
    if (sign) setTitle(pageDocument.title.replace(sign, ""));
    sign = "";
  }

  return {
    add({ author, seq }) {
      if (!pageDocument.hidden || author !== "agent") return;
      restore();
      unread.add(seq);
      // A tab's title is plain text: no marks of isolation.
      sign = plural(context, "chat.tab_title", unread.size).replace(/[\u2068\u2069]/g, "");
      setTitle(`${sign} ${pageDocument.title}`);
    },
    restore() {
      unread.clear();
      restore();
    },
  };
}
