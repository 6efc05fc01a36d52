const FIRST_DELAY = 500; // ms
const LONGEST_DELAY = 30_000; // ms

/** How long to wait before the next try, in ms: doubling, with jitter so that not all clients come back at once. */
export function retryDelay(tries: number): number {
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** tries) * (0.5 + Math.random() / 2);
}
