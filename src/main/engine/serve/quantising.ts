/** The call that makes a model of the home smaller: each way of holding it measured on the same stretches, and kept where wanted. */
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { WeightName } from '../../../shared/deviceNames.ts'
import { Fault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import type { QuantisedDtype, QuantisedModel, QuantisedModels, QuantiseModel } from '../../../shared/models.ts'
import { meter } from '../../../shared/progress.ts'
import { random } from '../../../shared/random.ts'
import { foretell, ownStretches, stretchesOf } from '../bench/modelCost.ts'
import { openDecoder } from '../expand/decoder.ts'
import { mean, median, pairedBootstrap } from '../measure/statistics.ts'
import { openModel, type StoredModel } from '../models/library.ts'
import { keptFormat, modelFolder } from '../models/manifest.ts'
import { checkFree, quantiseModel } from '../models/quantise.ts'
import { heldBytes } from '../nets/held.ts'
import { openTokenizer } from '../tokens/tokenizer.ts'
import { threads } from './health.ts'
import { streamOf } from './stream.ts'

type Input = { readonly [Key in Exclude<keyof QuantiseModel, 'data'>]-?: Exclude<QuantiseModel[Key], undefined> } & {
  readonly data?: string | undefined
}

/** Measures on the CPU, whatever device is in use: the numbers are then the same everywhere. */
export function quantise(
  input: Input,
  home: string,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<QuantisedModel, QuantisedModels>> {
  return streamOf<JobEvent<QuantisedModel, QuantisedModels>, QuantisedModels>(
    async (emit, stop) => {
      const model = await openModel(home, input.name)
      if (keptFormat(model.manifest) !== 'f32')
        throw new Fault('bad-input', `${input.name} keeps ${model.manifest.dtype} weights already.`, {
          remedy: 'Name the model that it was made of.',
        })
      const folderOf = (format: WeightName): string => modelFolder(home, `${input.name}-${format}`)
      if (input.keep) for (const format of input.weights) await checkFree(folderOf(format))
      const stretches = await openStretches(model, input, stop)
      const formats: readonly ('f32' | QuantisedDtype)[] = ['f32', ...new Set(input.weights)]
      const progress = meter('foretell', 'stretches', formats.length * stretches.length)
      const rows: QuantisedModel[] = []
      let whole: readonly number[] = []
      let done = 0
      for (const format of formats) {
        const found: { readonly nll: number; readonly ms: number }[] = []
        const kept = format === 'f32' || !input.keep ? null : `${input.name}-${format}`
        if (kept !== null && format !== 'f32')
          await quantiseModel(model, { folder: folderOf(format), dtype: format, signal: stop })
        const opened = kept === null ? model : await openModel(home, kept)
        const decoder = await openDecoder(opened.manifest.decoder, opened.weights, { threads, format })
        try {
          for await (const each of foretell(decoder, stretches, stop)) {
            found.push(each)
            done++
            if (progress.due()) emit(progress.at(done, format))
          }
        } finally {
          await decoder.close()
        }
        const values = found.map(({ nll }) => nll)
        if (format === 'f32') whole = values
        const { difference, low, high } = pairedBootstrap(values, whole, { random: random(input.seed) })
        const row: QuantisedModel = {
          weights: format,
          name: format === 'f32' ? input.name : kept,
          bytes: heldBytes(model.manifest.decoder, format, opened.weights),
          logPpl: mean(values),
          cost: difference,
          ci: [low, high],
          prefillMs: median(found.map(({ ms }) => ms)),
          n: values.length,
        }
        rows.push(row)
        emit({ type: 'partial', partial: row })
      }
      return { name: input.name, text: input.data === undefined ? 'what it writes itself' : basename(input.data), rows }
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

/** The stretches that every way is measured on. Faults bad-input, corpus-short, file-missing. */
async function openStretches(model: StoredModel, input: Input, signal: AbortSignal): Promise<(readonly number[])[]> {
  const { decoder: config, special } = model.manifest
  const tokens = Math.min(input.tokens, config.window)
  if (input.data !== undefined) {
    if (model.tokenizer === null)
      throw new Fault('bad-input', `${input.name} came without a tokenizer.json.`, {
        remedy: 'Leave --data out: the cost is then measured on what it writes itself.',
      })
    const text = await readFile(resolve(input.data), 'utf8')
    const opening = special.bos === null ? [] : [special.bos]
    return stretchesOf(openTokenizer(model.tokenizer).encode(text), { opening, texts: input.texts, tokens })
  }
  const decoder = await openDecoder(config, model.weights, { threads })
  try {
    const first = special.bos ?? special.eos[0] ?? 0
    return await ownStretches(decoder, { first, texts: input.texts, tokens, seed: input.seed }, signal)
  } finally {
    await decoder.close()
  }
}
