import { drawCard } from "../../core/dom";
import type { Chunks, Context } from "../../core/types";

/** What a place can show beside the features. */
const KINDS = ["policy", "preferences", "launcher"];
const LOCKED = /^(\w+)\.locked$/;

/**
 * Chunk: says why there is nothing to agree to in a place. Until the policy is published, nobody can say who would see
 * what is sent; the place says so. A name that nobody knows is said on the console, and the place stays empty.
 */
export default function createUnavailable({ boot: { strings } }: Context): Chunks["unavailable"] {
  return (root, kind) => {
    const sentence = strings[`${kind}.locked`];
    if (sentence) return void drawCard(root, sentence);
    const features = Object.keys(strings).flatMap((key) => LOCKED.exec(key)?.[1] ?? []);
    console.error(`forecourt: data-forecourt="${kind}" is none of ${[...KINDS, ...features].join(", ")}.`);
  };
}
