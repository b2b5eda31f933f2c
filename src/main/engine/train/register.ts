/** A training run's checkpoint as a bundle: the weights it moved over those it began from, adapters worked in. */
import { resolve } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { MadeBundle } from '../../../shared/train.ts'
import type { Tensor } from '../graph/value.ts'
import { isAdapter, mergeLora } from '../nets/lora.ts'
import { openBundle, writeBundle, type Bundle } from '../store/bundle.ts'
import { readCheckpoint } from './loop/checkpoint.ts'
import { loraOf, trainsOf } from './run.ts'
import { keepBundle, readRunConfig } from './runFolder.ts'

/**
 * Writes the bundle of a run into `out`, reads it back whole, and notes it in the run's folder; `base` must be the bundle that the
 * run began from. Faults run-missing where there is no checkpoint, run-other-settings for another base.
 */
export async function registerRun(folder: string, base: Bundle, out: string, name?: string): Promise<MadeBundle> {
  const config = await readRunConfig(folder)
  const checkpoint = readCheckpoint(folder)
  if (!config || !checkpoint) throw new Fault('run-missing', `${folder} holds no training run with a checkpoint.`)
  if (config.bundle.hash !== base.hash)
    throw new Fault(
      'run-other-settings',
      `${folder} was trained from the bundle ${config.bundle.name} (${config.bundle.hash}), not from ${base.config.name} (${base.hash}).`,
      { remedy: 'Give the bundle that the run began from: --bundle DIR' },
    )
  const all = new Map<string, Tensor>([...base.weights, ...checkpoint.weights])
  const lora = loraOf(config.input)
  const weights = lora ? await mergeLora(all, lora) : new Map([...all].filter(([each]) => !isAdapter(each)))
  const { trainer, seed } = config.input
  const moved = trainsOf(config.input)
  const isTrained = (part: string): boolean =>
    [...checkpoint.weights.keys()].some((each) => each.startsWith(`${part}.`) && moved(each))
  const { untrained, ...rest } = base.config
  const still = untrained?.filter((part) => !isTrained(part)) ?? []
  await writeBundle(out, {
    config: {
      ...rest,
      name: name ?? `${base.config.name} ${trainer}`,
      ...(still.length === 0 ? {} : { untrained: still }),
      lineage: [...base.config.lineage, { from: base.hash, trainer, steps: checkpoint.step, data: config.data, seed }],
    },
    weights,
    tokenizer: base.tokenizer,
  })
  const { hash, config: written } = await openBundle(out)
  const made = { name: written.name, out: resolve(out), hash, step: checkpoint.step, lineage: written.lineage }
  await keepBundle(folder, made)
  return made
}
