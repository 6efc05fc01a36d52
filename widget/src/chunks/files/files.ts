import type { Chunks, Context } from "../../core/types";
import { listFiles } from "./stored-files";
import { addFileStyle, createTray } from "./tray";

/** Chunk: files that go with a message, and those that came with one. */
export default function createFiles(context: Context): Chunks["files"] {
  return {
    addTray(options) {
      const tray = createTray(context, options);
      options.form.insertBefore(tray.node, options.before);
      addFileStyle(options.form);
      return tray;
    },
    addFiles(node, files, conversation) {
      node.insertBefore(listFiles(context, files, conversation), node.querySelector("time"));
      addFileStyle(node);
    },
  };
}
