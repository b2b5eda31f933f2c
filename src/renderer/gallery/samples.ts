/** Every part with its states, in the order in which the page shows them. */
import { chartSamples } from './charts.tsx'
import { chunkSamples } from './chunks.tsx'
import { fieldSamples } from './fields.tsx'
import { paneSamples } from './panes.tsx'
import type { Samples } from './sample.ts'
import { wordSamples } from './words.tsx'

export const samples: Samples = { ...paneSamples, ...wordSamples, ...fieldSamples, ...chunkSamples, ...chartSamples }
