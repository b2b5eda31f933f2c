/** One cell of the memory table, run as a process of its own: what a peak is measured of must not have had another. */
import { median } from '../measure/statistics.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { initialWeight } from '../nets/initial.ts'
import { adamDefaults } from '../train/loop/optimizer.ts'
import { startTrainer } from '../train/loop/trainer.ts'
import { languageFeeds, languageLoss } from './language.ts'
import { resident } from './resident.ts'

export type CellInput = {
  readonly config: DecoderConfig
  readonly length: number
  readonly recompute: boolean
  readonly steps: number
  readonly seed: number
  readonly threads: number
}

/** Memory in MiB; `base` stands before the first step at this length, whose `loss` and `gradientNorm` these are. */
export type CellResult = {
  readonly peakMiB: number
  readonly baseMiB: number
  readonly stepSeconds: number
  readonly loss: number
  readonly gradientNorm: number
}

async function measure({ config, length, recompute, steps, seed, threads }: CellInput): Promise<CellResult> {
  const rows = { batch: 1, length }
  const feeds = languageFeeds(config, rows, seed)
  const trainer = startTrainer({
    initial: (param) => initialWeight(param, seed, config.layers),
    adam: adamDefaults,
    recompute,
    session: { threads },
  })
  // Two steps of next to nothing write both sets of weights and moments, so that their pages count as held before.
  const small = { batch: 1, length: 2 }
  const warming = await trainer.prepare('warming', (g) => languageLoss(g, config, small))
  for (const step of [1, 2]) await warming.run(languageFeeds(config, small, seed), 0, step)
  await warming.close()
  const training = await trainer.prepare('memory', (g) => languageLoss(g, config, rows))
  const base = resident().now
  const { loss, gradientNorm } = await training.run(feeds, 1e-3, 3)
  const times: number[] = []
  for (let step = 4; step < steps + 4; step++) {
    const started = performance.now()
    await training.run(feeds, 1e-3, step)
    times.push((performance.now() - started) / 1000)
  }
  const { peak } = resident()
  await trainer.close()
  return { peakMiB: peak, baseMiB: base, stepSeconds: median(times), loss, gradientNorm }
}

process.send?.(await measure(JSON.parse(process.argv[2] as string) as CellInput))
