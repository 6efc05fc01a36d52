import type { ChunkName, Chunks, Context, LinkedChunk, Page, Placement, StoredConsent } from "./types";

/** A chunk's file. The build makes its default export, which runs the chunk's modules once. */
interface ChunkModule {
  readonly default: (context: Context) => LinkedChunk;
}

/**
 * One import serves all who wait for a chunk, so that their calls are carried out in order: two imports of the same file
 * are done in any. One that failed gives what is no module, and is forgotten.
 */
const importChunk = (page: Page, name: string): Promise<ChunkModule> =>
  (page[name] ??= import(`${page.base}assets/${name}-${RELEASE}.js`).catch(() => delete page[name])) as Promise<ChunkModule>;

/** Loads a chunk, beside those whose code it uses. Rejects where one cannot be had; the next call tries again. */
export const loadChunk = <Name extends ChunkName>(context: Context, name: Name): Promise<Chunks[Name]> =>
  importChunk(context.page, name).then((chunk) => chunk.default(context)[0] as Chunks[Name]);

/** Does without where the chunk cannot be had. */
export const tryChunk = <Name extends ChunkName>(
  context: Context,
  name: Name,
  use: (api: Chunks[Name]) => unknown,
): Promise<unknown> => loadChunk(context, name).then(use, () => {});

/** Fetches beside boot what a stored choice will surely need. None of it runs before it is loaded. */
export function preloadChunks(page: Page, stored: StoredConsent | null, placements: readonly Placement[]): void {
  if (!stored) return;
  const names = ["choice", "control", "host-page", ...(stored.privacy_policy ? placements.map(({ kind }) => kind) : [])];
  // A placement may name anything. The policy and the preferences are no chunks of their own.
  for (const name of names) if (/^[chn][a-z-]+$/.test(name)) void importChunk(page, name);
}
