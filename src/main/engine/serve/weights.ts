/** The loaded bundle with its decoder's matrices held otherwise, and what that costs. */
import type { WeightName } from '../../../shared/deviceNames.ts'
import { PplInput, type PplCost } from '../../../shared/evaluate.ts'
import { evaluatePpl } from '../bench/ppl.ts'
import { openParts, type Parts } from '../parts.ts'
import { openHeldOut } from '../train/data/source.ts'
import type { Asking } from './asking.ts'

export type Formats = {
  /** What costs are told against; the loaded parts themselves where `wanted` is empty. */
  readonly whole: Parts
  readonly smaller: ReadonlyMap<WeightName, Parts>
  /** Closes what was opened for this. */
  readonly close: () => Promise<void>
}

/** Opens the loaded bundle in f32 and in each format wanted; the loaded parts serve where they are of that format. */
export async function openFormats(loaded: Parts, at: Asking, wanted: readonly WeightName[]): Promise<Formats> {
  const running = await at.devices.running()
  const opened = new Map<WeightName, Parts>()
  const open = async (format: WeightName): Promise<Parts> => {
    if (format === loaded.format) return loaded
    const own = opened.get(format) ?? (await openParts(loaded.bundle, { ...running, format }))
    opened.set(format, own)
    return own
  }
  const close = async (): Promise<void> => {
    for (const each of opened.values()) await each.close()
  }
  try {
    const whole = wanted.length === 0 ? loaded : await open('f32')
    const smaller = new Map<WeightName, Parts>()
    for (const format of wanted) smaller.set(format, await open(format))
    return { whole, smaller, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Texts that a cost is told by beside a timing. */
const texts = 20

/** What `format` costs the loaded bundle on unseen synthetic texts: nothing read, all of it, chunks alone. */
export async function weighFormat(
  loaded: Parts,
  at: Asking,
  { format, seed }: { readonly format: Exclude<WeightName, 'f32'>; readonly seed: number },
  signal: AbortSignal,
): Promise<PplCost[]> {
  const { whole, smaller, close } = await openFormats(loaded, at, [format])
  try {
    const ks = loaded.config.ks.slice(0, 1)
    const input = PplInput.parse({ data: ['synthetic'], ks, ps: [0], limit: texts, seed })
    const sets = await Promise.all(input.data.map((name) => openHeldOut(name, loaded.tokenizer)))
    const costs: PplCost[] = []
    for await (const event of evaluatePpl(whole, null, input, sets, signal, smaller))
      if (event.type === 'rows') costs.push(...event.costs)
    return costs
  } finally {
    await close()
  }
}
