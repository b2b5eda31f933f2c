/**
 * The paper's measured latency: arXiv:2509.01092v2, figures 2, 8 and 9, read off the plotted points (exact to plot
 * precision), one A100, batch 1, LLaMA-2-7B. Accelerations over the same decoder with its context in full.
 */

export const paperContexts = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536] as const

type Series = readonly number[]

/** TTFT with chunk embeddings cached, by k. */
const cachedTtft: Readonly<Record<number, Series>> = {
  8: [1.16, 2.08, 3.91, 6.49, 7.4, 9.21, 11.79, 15.51],
  16: [1.14, 2.16, 3.74, 7.58, 13.8, 16.53, 22.85, 32.99],
  32: [1.14, 2.12, 3.87, 7.25, 16.12, 30.86, 41.02, 63.92],
}

/** TTFT with all chunks encoded anew. The same curve is drawn for every k; it is that of k = 16, and no other exists. */
const uncachedTtft: Readonly<Record<number, Series>> = {
  16: [0.75, 1.36, 2.39, 4.22, 6.76, 8.59, 11.67, 16.71],
}

/** The paper's speed-up of TTFT at p = 0, or null where it has no point of its own. */
export function paperSpeedup(context: number, k: number, cached: boolean): number | null {
  const at = paperContexts.findIndex((each) => each === context)
  return (cached ? cachedTtft : uncachedTtft)[k]?.[at] ?? null
}
