/** Settings as plain data, apart from their schema so that the page can begin with them without carrying it. */
import type { DeviceName, WeightName } from './deviceNames.ts'

export const themes = ['system', 'light', 'dark'] as const
export const densities = ['comfortable', 'compact'] as const
export const motions = ['system', 'reduced'] as const

export type Theme = (typeof themes)[number]
export type Density = (typeof densities)[number]
/** `reduced` stills the page whatever the system asks for. */
export type Motion = (typeof motions)[number]

export type Settings = {
  readonly theme: Theme
  readonly density: Density
  readonly motion: Motion
  /** Whether keys without Ctrl or Alt, such as ? and J, are commands. */
  readonly singleKeys: boolean
  /** Threads of the engine from its next start on; null is one for each core. */
  readonly threads: number | null
  /** What the engine runs on from its next start on; `automatic` is the fastest that was probed and agrees with the CPU. */
  readonly device: DeviceName | 'automatic'
  /** How the decoder's matrices are held from its next start on. */
  readonly weights: WeightName
  /** Whether sessions keep freed memory for their next run: faster, and held. */
  readonly arena: boolean
  /** Timed asks of a case in a new sweep. */
  readonly repeats: number
  /** Asks before the clock of a sweep's cell counts. */
  readonly warmups: number
  /** Timed rounds of the bench's own chart. */
  readonly chartRepeats: number
  /** Address of the Hub that models are downloaded from; null is the Hub's own. HF_ENDPOINT goes before it. */
  readonly hubEndpoint: string | null
}

export const firstSettings: Settings = {
  theme: 'system',
  density: 'comfortable',
  motion: 'system',
  singleKeys: true,
  threads: null,
  device: 'automatic',
  weights: 'f32',
  arena: true,
  repeats: 1,
  warmups: 1,
  chartRepeats: 3,
  hubEndpoint: null,
}

/** The least and most of each number. */
export const settingBounds = { threads: [1, 256], repeats: [1, 100], warmups: [0, 20], chartRepeats: [1, 50] } as const
