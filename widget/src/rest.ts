// Chunk: all that follows a first click, and what waits for a choice.
import { chat } from "./chat";
import { choose } from "./choose";
import contact from "./contact";
import { createControl } from "./control";
import { heed } from "./gpc";
import hosts from "./hosts";
import { layer } from "./layer";
import newsletter from "./newsletter";
import reader from "./reader";
import { review } from "./review";
import { set } from "./set";
import { share } from "./share";
import type { Attend, Kit, Rest } from "./types";

export default function mount(kit: Kit): Rest {
  let attend: Attend | undefined;
  share(kit);
  heed(kit);
  return {
    choose: (make) => choose(kit, make),
    review: () => review(kit),
    set: (made) => set(kit, made),
    layer: (frame) => layer(kit, frame),
    control: createControl(kit),
    attend: (fresh) => (attend ??= hosts(kit))(fresh),
    places: { chat, contact, newsletter },
    reader,
  };
}
