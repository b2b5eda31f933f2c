/** Ablations: arms that differ in one thing alone, judged on the same texts, going on after a kill to the very same figures. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AblationInput, AblationResult, type AblationArm, type AblationRow } from '../../src/shared/ablation.ts'
import { random } from '../../src/shared/random.ts'
import { TrainInput } from '../../src/shared/train.ts'
import { runAblation, type AblationEvent } from '../../src/main/engine/bench/ablation.ts'
import { runsOf } from '../../src/main/engine/bench/arms.ts'
import { logProbsOf, summarise } from '../../src/main/engine/bench/judge.ts'
import { startGraph } from '../../src/main/engine/graph/build.ts'
import { numbers, openSession, type Live } from '../../src/main/engine/graph/run.ts'
import type { Value } from '../../src/main/engine/graph/value.ts'
import { templateIds } from '../../src/main/engine/nets/template.ts'
import { openParts, type Parts } from '../../src/main/engine/parts.ts'
import { openBundle, type Bundle } from '../../src/main/engine/store/bundle.ts'
import { openTokenizer } from '../../src/main/engine/tokens/tokenizer.ts'
import { contextOfText, rewardOf } from '../../src/main/engine/train/courses/contexts.ts'
import { openCourse } from '../../src/main/engine/train/courses/course.ts'
import { kinds } from '../../src/main/engine/train/courses/kinds.ts'
import { openSource } from '../../src/main/engine/train/data/source.ts'
import { mixedLoss } from '../../src/main/engine/train/loop/mixed.ts'
import { batchFeeds, packBatch } from '../../src/main/engine/train/loop/rows.ts'
import { firstValues } from '../../src/main/engine/train/courses/firstValues.ts'
import { readRunConfig } from '../../src/main/engine/train/runFolder.ts'
import { faultOf } from '../helpers/faults.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

const whats = ['curriculum', 'reconstruction'] as const
let home: string
let bundle: Bundle
let parts: Parts
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ablation-'))
  await writeTinyBundle(join(home, 'tiny'))
  bundle = await openBundle(join(home, 'tiny'))
  parts = await openParts(bundle, { threads: 1 })
})
afterAll(async () => {
  await parts.close()
  await rm(home, { recursive: true })
})

const inputOf = (what: AblationInput['what'], out: string, more: Partial<AblationInput> = {}): AblationInput =>
  AblationInput.parse({
    what,
    data: ['synthetic'],
    out: join(home, out),
    k: 4,
    steps: 6,
    before: 5,
    batch: 2,
    longest: 40,
    output: 12,
    stages: 3,
    learningRate: 1e-2,
    lengths: [4, 8, 500],
    limit: 3,
    every: { log: 1, valid: 50, checkpoint: 2 },
    ...more,
  })

async function ablate(input: AblationInput, signal?: AbortSignal, onEvent?: (event: AblationEvent) => void) {
  const running = runAblation(input, bundle, { threads: 1, signal })
  for (;;) {
    const next = await running.next()
    if (next.done) return next.value
    onEvent?.(next.value)
  }
}

describe('the arms', () => {
  test('of the curriculum differ in the curriculum alone', () => {
    const [without, withIt, ...more] = runsOf(inputOf('curriculum', ''), 4)
    expect(more).toEqual([])
    expect([without?.from, withIt?.from]).toEqual([null, null])
    expect({ ...without?.settings, curriculum: true }).toEqual(withIt?.settings)
    expect(withIt?.settings).toMatchObject({
      trainer: 'reconstruct',
      fresh: ['encoder', 'projector'],
      curriculum: true,
    })
  })

  test('of the reconstruction differ in what encoder and projector begin with alone', () => {
    const [before, without, withIt] = runsOf(inputOf('reconstruction', '', { rateBefore: 0.5 }), 4)
    expect(before?.settings).toMatchObject({ trainer: 'reconstruct', steps: 5, learningRate: 0.5 })
    expect([without?.from, withIt?.from]).toEqual([null, 'reconstruct'])
    expect({ ...without?.settings, fresh: [] }).toEqual(withIt?.settings)
    expect(without?.settings).toMatchObject({ trainer: 'continue', steps: 6, fresh: ['encoder', 'projector'] })
  })

  test('begin with the same encoder and projector, drawn with the seed, and the decoder of the bundle', () => {
    const [without, withIt] = runsOf(inputOf('curriculum', ''), 4).map(({ settings }) => firstValues(settings, bundle))
    const other = firstValues({ fresh: ['encoder'], seed: 8 }, bundle)
    for (const [name, own] of bundle.weights) {
      const param: Value = { name, dtype: 'float32', shape: own.shape }
      expect(without?.(param)).toEqual(withIt?.(param))
      if (/^(decoder|policy|embedder)/.test(name)) expect(without?.(param)).toBe(own)
    }
    const param: Value = { name: 'encoder.embedding', dtype: 'float32', shape: [384, 32] }
    expect(without?.(param).data).not.toEqual(bundle.weights.get('encoder.embedding')?.data)
    expect(without?.(param).data).not.toEqual(other(param).data)
    expect(other({ ...param, name: 'projector.out.weight', shape: [32, 32] })).toBe(
      bundle.weights.get('projector.out.weight'),
    )
  })

  test('read as many tokens of context at each step, in one length or in several', async () => {
    const tokenizer = openTokenizer(bundle.tokenizer)
    const lengths = new Set<string>()
    for (const { name, settings } of runsOf(inputOf('curriculum', '', { steps: 30 }), 4)) {
      const course = openCourse(
        {
          input: { ...settings, out: '' },
          ks: [4],
          bundle,
          tokenizer,
          ids: templateIds(bundle.config.template, tokenizer),
          source: await openSource(settings.data, 'text', tokenizer),
          lora: null,
          threads: 1,
        },
        kinds.reconstruct,
      )
      for (let step = 1; step <= 30; step++) {
        const batches = await course.draw(step, () => new Map())
        const ids = batches.flatMap(({ feeds }) => Array.from((feeds['ids'] as Live).data as BigInt64Array, Number))
        // Chunks stand behind the vocabulary; two contexts of 32 tokens are sixteen chunks of 4.
        expect(ids.filter((id) => id >= bundle.config.decoder.vocabulary)).toHaveLength(16)
        for (const { key } of batches) lengths.add(`${name} ${key}`)
      }
    }
    const found = [...lengths].map((each) => each.split(' ')[0])
    expect(found.filter((name) => name === 'without')).toHaveLength(1)
    expect(found.filter((name) => name === 'with').length).toBeGreaterThan(2)
  })
})

describe('judging', () => {
  async function text(output: number) {
    const source = await openSource(['synthetic'], 'text', parts.tokenizer)
    const drawn = source.text(random(3), 'valid', { context: 30, output })
    if (!drawn) throw new Error('no text')
    return drawn
  }
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

  test('a continuation costs what it does elsewhere, read as chunks, in full and not at all', async () => {
    const drawn = await text(10)
    const context = contextOfText(drawn, 4)
    const embeddings = (await parts.compressor.compress(context.chunks, 4)).map((chunk) => chunk.embedding)
    const all = (expand: boolean) => context.chunks.map(() => expand)
    const own = async (read: 'none' | 'full' | 'chunks') =>
      mean(await logProbsOf(parts, 'reconstruction', read, drawn, 4))
    expect(await own('chunks')).toBeCloseTo(await rewardOf(parts, context, embeddings, all(false)), 5)
    expect(await own('full')).toBeCloseTo(await rewardOf(parts, context, embeddings, all(true)), 5)
    const nothing = contextOfText({ ...drawn, context: new Int32Array(0) }, 4)
    expect(await own('none')).toBeCloseTo(await rewardOf(parts, nothing, [], []), 5)
  })

  test('a text told again costs token by token what training counts', async () => {
    const drawn = await text(0)
    const lengths = { k: 4, chunks: 8, p: 0, output: 0 }
    const segment = kinds.reconstruct.segment(random(1), parts.ids, drawn, lengths)
    const shape = { batch: 1, length: segment.length, k: 4, chunks: 8, targets: 31, alone: true }
    const queue = [segment]
    const batch = packBatch(shape, bundle.config.decoder.vocabulary, 1, () => queue.shift() ?? [])
    const g = startGraph('judged')
    g.output('logProbs', mixedLoss(g, bundle.config, shape).logProbs)
    const session = await openSession(g.finish(), bundle.weights)
    const trained = numbers((await session.run(batchFeeds(batch))).logProbs)
    await session.close()
    const judged = await logProbsOf(parts, 'curriculum', 'chunks', drawn, 4)
    expect(judged).toHaveLength(30)
    judged.forEach((logProb, i) => expect(logProb).toBeCloseTo(trained[i] as number, 4))
  })

  test('sums up text by text: prefixes, intervals, and pairs whose differences hold where the rows overlap', () => {
    const arms = new Map<AblationArm, number[][]>([
      [
        'without',
        [
          [-4, -2, -3],
          [-9, -5, -1],
        ],
      ],
      [
        'with',
        [
          [-3, -1, -2],
          [-8, -4, 0],
        ],
      ],
    ])
    const { rows, pairs } = summarise('curriculum', arms, [1, 2, 99], 7)
    expect(rows.map(({ arm, length, logPpl, n, tokens }) => [arm, length, logPpl, n, tokens])).toEqual([
      ['without', 1, 6.5, 2, 2],
      ['without', 2, 5, 2, 4],
      ['without', 3, 4, 2, 6],
      ['with', 1, 5.5, 2, 2],
      ['with', 2, 4, 2, 4],
      ['with', 3, 3, 2, 6],
    ])
    expect(pairs).toEqual(
      [1, 2, 3].map((length) => ({
        what: 'curriculum',
        arms: ['without', 'with'],
        length,
        n: 2,
        difference: 1,
        ci: [1, 1],
      })),
    )
    expect(rows[0]?.ci).toEqual([4, 9])
  })
})

test.each(whats)('an ablation of the %s tells every arm at every length, on the same texts', async (what) => {
  const result = AblationResult.parse(await ablate(inputOf(what, what)))
  const whole = what === 'curriculum' ? 32 : 12
  const arms = ['none', 'full', 'without', 'with'] as const
  expect(result.rows.map(({ arm, length, n, tokens }) => [arm, length, n, tokens])).toEqual(
    arms.flatMap((arm) => [4, 8, whole].map((length) => [arm, length, 3, 3 * length])),
  )
  const of = (arm: AblationArm, length: number): number =>
    result.rows.find((row) => row.arm === arm && row.length === length)?.logPpl ?? Number.NaN
  expect(result.pairs.map(({ arms: [a, b], length }) => `${a} ${b} ${length}`)).toEqual(
    ['without with', 'none with', 'with full'].flatMap((pair) => [4, 8, whole].map((length) => `${pair} ${length}`)),
  )
  for (const {
    arms: [a, b],
    length,
    difference,
    ci,
    n,
  } of result.pairs) {
    expect(difference).toBeCloseTo(of(a, length) - of(b, length), 10)
    expect(ci[0]).toBeLessThanOrEqual(difference)
    expect(ci[1]).toBeGreaterThanOrEqual(difference)
    expect(n).toBe(3)
  }
  expect(of('with', whole)).not.toBe(of('without', whole))
  expect(JSON.parse(await readFile(join(home, what, 'ablation.json'), 'utf8'))).toMatchObject(result)

  const arm = await openBundle(join(home, what, 'bundles', 'with'))
  const kept = [...bundle.weights].filter(([name, { data }]) => {
    const now = arm.weights.get(name)?.data
    return data.every((value, i) => value === now?.[i])
  })
  const parted = new Set(kept.map(([name]) => name.split('.')[0]))
  expect(parted.has('decoder')).toBe(what === 'curriculum')
  expect(parted.has('policy')).toBe(true)
  const from = (await readRunConfig(join(home, what, 'with')))?.bundle.hash
  const before = what === 'curriculum' ? bundle : await openBundle(join(home, what, 'bundles', 'reconstruct'))
  expect(from).toBe(before.hash)
})

test('the texts judged are those of the seed, whatever was trained', async () => {
  const read = async (name: string) =>
    AblationResult.parse(JSON.parse(await readFile(join(home, name, 'ablation.json'), 'utf8'))).rows
  await ablate(inputOf('curriculum', 'otherwise', { learningRate: 1e-3, steps: 1 }))
  const [a, b] = [await read('curriculum'), await read('otherwise')]
  const untrained = (rows: readonly AblationRow[]) => rows.filter(({ arm }) => arm === 'none' || arm === 'full')
  expect(untrained(a)).toHaveLength(6)
  expect(untrained(b)).toEqual(untrained(a))
  expect(b).not.toEqual(a)
})

test('stopped and called again an ablation goes on; called when it is over it judges alone', async () => {
  const whole = await ablate(inputOf('reconstruction', 'unbroken'))
  const stopped = inputOf('reconstruction', 'stopped')
  for (const at of [3, 8, 14]) {
    const stop = new AbortController()
    const seen = ablate(stopped, stop.signal, (event) => {
      if (event.type === 'train' && event.done >= at) stop.abort()
    })
    await expect(seen).rejects.toMatchObject({ name: 'AbortError' })
  }
  expect(await ablate(stopped)).toEqual(whole)
  const told: string[] = []
  const again = await ablate({ ...stopped, limit: 2, lengths: [6] }, undefined, ({ type }) => void told.push(type))
  expect(new Set(told)).toEqual(new Set(['judge']))
  expect(again.rows.map(({ n, length }) => [n, length])).toEqual(
    [...'1234'].flatMap(() => [
      [2, 6],
      [2, 12],
    ]),
  )
})

test.each([
  { more: { k: 5 }, code: 'k-unsupported' },
  { more: { longest: 1024 }, code: 'context-too-long' },
  { more: { data: ['short.txt'] }, code: 'corpus-short' },
  { more: { held: 'nowhere.txt' }, code: 'file-missing' },
])('what cannot be trained or judged is a fault before the first step: $code', async ({ more, code }) => {
  await writeFile(join(home, 'short.txt'), 'Too short to be judged on.')
  const at = (name: string): string => (name === 'synthetic' ? name : join(home, name))
  const input = inputOf('curriculum', `bad ${code}`, more)
  const named = { ...input, data: input.data.map(at), ...(input.held === undefined ? {} : { held: at(input.held) }) }
  let steps = 0
  expect(await faultOf(ablate(named, undefined, () => void steps++))).toMatchObject({ code })
  expect(steps).toBe(0)
})

/** Runs the command; with `at` it is killed once it told of that many steps, else its JSON is given. */
async function command(out: string, at: number | null): Promise<unknown> {
  const flags = { what: 'curriculum', data: 'synthetic', k: 4, steps: 6, batch: 2, longest: 40, stages: 3, limit: 3 }
  const more = { bundle: join(home, 'tiny'), home, out: join(home, out), lr: 0.01, 'log-every': 1, 'save-every': 2 }
  const words = Object.entries({ ...flags, ...more }).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(process.execPath, ['src/main/cli.ts', 'bench', 'ablation', '--json', ...words])
  let told = 0
  child.stderr.on('data', (text: Buffer) => {
    told += String(text).match(/step \d+: loss/g)?.length ?? 0
    if (at !== null && told >= at) child.kill('SIGKILL')
  })
  const said = await readAll(child.stdout)
  return at === null ? JSON.parse(said) : said
}

test('killed as by a power cut, the command goes on to the very same figures', async () => {
  const whole = AblationResult.parse(await command('whole', null))
  expect(whole.rows).toHaveLength(4 * 2)
  const draws = random(11)
  for (let kill = 0; kill < 2; kill++) expect(await command('killed', draws.int(1, 5))).toBe('')
  expect(await command('killed', null)).toEqual(whole)
}, 60_000)

test('the settings of a run say what it began anew and how it drew', () => {
  const input = TrainInput.parse({ trainer: 'lm', data: ['a'], out: 'b' })
  expect(input).toMatchObject({ fresh: [], curriculum: true, passages: 4 })
  expect(TrainInput.safeParse({ ...input, fresh: ['policy'] }).success).toBe(false)
})
