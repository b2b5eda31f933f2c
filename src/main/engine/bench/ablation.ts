/** An ablation in a folder: two trainings that differ in one thing, then both judged on the same texts (paper Tables 11, 12). */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AblationArm, AblationInput, AblationResult, AblationTold } from '../../../shared/ablation.ts'
import { Fault } from '../../../shared/fault.ts'
import { checkK } from '../compress/passages.ts'
import { templateIds } from '../nets/template.ts'
import { openParts, type Parts } from '../parts.ts'
import { openBundle, type Bundle } from '../store/bundle.ts'
import { writeAtomic } from '../store/files.ts'
import { openTokenizer } from '../tokens/tokenizer.ts'
import { openHeldOut, openSource } from '../train/data/source.ts'
import { stepRandom } from '../train/recipe/tasks.ts'
import { registerRun } from '../train/register.ts'
import { trainRun } from '../train/run.ts'
import { longestContext, runsOf, type Run } from './arms.ts'
import { logProbsOf, positionsOf, summarise, type Judged } from './judge.ts'

export type AblationEvent =
  | ({ readonly type: 'train'; readonly done: number; readonly total: number } & AblationTold)
  | { readonly type: 'judge'; readonly done: number; readonly total: number }

type Options = { readonly threads: number; readonly signal?: AbortSignal | undefined }

/**
 * Trains and judges an ablation; called again on its folder it goes on where it stopped, to the very same figures.
 * Faults before the first step: k-unsupported, corpus-short, context-too-long; run-other-settings where the folder was
 * begun otherwise. Throws an AbortError on abort, the last step kept.
 */
export async function* runAblation(
  input: AblationInput,
  bundle: Bundle,
  { threads, signal }: Options,
): AsyncGenerator<AblationEvent, AblationResult> {
  const k = input.k ?? Math.min(...bundle.config.ks)
  checkK(k, bundle.config.ks)
  const texts = await drawTexts(input, bundle, k)
  const runs = runsOf(input, k)
  const total = runs.reduce((sum, { settings }) => sum + settings.steps, 0)
  const made = new Map<Run['name'], Bundle>()
  await mkdir(input.out, { recursive: true })
  let done = 0
  for (const { name, from, settings } of runs) {
    const base = from === null ? bundle : (made.get(from) as Bundle)
    const out = join(input.out, name)
    for await (const event of trainRun({ ...settings, out }, base, { threads, signal }))
      yield { type: 'train', run: name, event, done: done + event.step, total }
    signal?.throwIfAborted()
    done += settings.steps
    // Judged as it would be used: as the bundle that it is, its weights rounded as those of any bundle are.
    const folder = join(input.out, 'bundles', name)
    await registerRun(out, base, folder, `${bundle.config.name} ${input.what} ${name}`)
    made.set(name, await openBundle(folder))
  }
  const result = yield* judgeArms(input, bundle, made, texts, k, { threads, signal })
  await writeAtomic(join(input.out, 'ablation.json'), `${JSON.stringify({ input, ...result }, null, 2)}\n`)
  return result
}

/** The texts that every arm is judged on: held out from all of them, drawn with the seed. */
async function drawTexts(input: AblationInput, bundle: Bundle, k: number): Promise<readonly Judged[]> {
  const tokenizer = openTokenizer(bundle.tokenizer)
  const ids = templateIds(bundle.config.template, tokenizer)
  const length = {
    context: longestContext(k, input.longest),
    output: input.what === 'reconstruction' ? input.output : 0,
  }
  const source = input.held === undefined ? await openSource(input.data, 'text', tokenizer) : null
  const held = input.held === undefined ? null : await openHeldOut(input.held, tokenizer)
  const texts = Array.from({ length: input.limit }, (_, i): Judged => {
    const random = stepRandom(input.seed ^ 0xab1a7e, i)
    const text = source ? source.text(random, 'valid', length) : (held?.draw(random, length) ?? null)
    if (text) return text
    throw new Fault(
      'corpus-short',
      `No held-out document has ${length.context + length.output} tokens in a row to judge on.`,
      { remedy: 'Name longer text to judge on: --held FILE. Or lower --longest or --output.' },
    )
  })
  const needed = Math.max(...texts.map((text) => positionsOf(ids, input.what, 'chunks', text, k)))
  const { window } = bundle.config.decoder
  if (needed > window)
    throw new Fault('context-too-long', `${needed} positions are more than the decoder's window of ${window}.`, {
      remedy: 'Lower --longest or --output.',
    })
  return texts
}

/** Log-probabilities of all texts under every arm. Full context is left out where the decoder's window does not hold it. */
async function* judgeArms(
  { what, lengths, seed }: AblationInput,
  bundle: Bundle,
  made: ReadonlyMap<Run['name'], Bundle>,
  texts: readonly Judged[],
  k: number,
  { threads, signal }: Options,
): AsyncGenerator<AblationEvent, AblationResult> {
  const ids = templateIds(bundle.config.template, openTokenizer(bundle.tokenizer))
  const fits = texts.every((text) => positionsOf(ids, what, 'full', text, k) <= bundle.config.decoder.window)
  const arms: readonly (readonly [AblationArm, Bundle, Parameters<typeof logProbsOf>[2]])[] = [
    ['none', bundle, 'none'],
    ...(fits ? [['full', bundle, 'full'] as const] : []),
    ['without', made.get('without') as Bundle, 'chunks'],
    ['with', made.get('with') as Bundle, 'chunks'],
  ]
  const total = arms.length * texts.length
  const found = new Map<AblationArm, readonly (readonly number[])[]>()
  for (const [arm, own, read] of arms) {
    const parts: Parts = await openParts(own, { threads })
    try {
      const logProbs: (readonly number[])[] = []
      for (const text of texts) {
        signal?.throwIfAborted()
        logProbs.push(await logProbsOf(parts, what, read, text, k))
        yield { type: 'judge', done: found.size * texts.length + logProbs.length, total }
      }
      found.set(arm, logProbs)
    } finally {
      await parts.close()
    }
  }
  return summarise(what, found, lengths, seed)
}
