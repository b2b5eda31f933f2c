/** Trainings killed as a power cut would, anywhere and more than once: what they tell from there on is what they would have told. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { random } from '../../src/shared/random.ts'
import { TrainInput, type TrainEvent } from '../../src/shared/train.ts'
import { templateIds } from '../../src/main/engine/nets/template.ts'
import { openBundle } from '../../src/main/engine/store/bundle.ts'
import { openTokenizer } from '../../src/main/engine/tokens/tokenizer.ts'
import { trainers } from '../../src/main/engine/train/courses/trainers.ts'
import { openSource } from '../../src/main/engine/train/data/source.ts'
import { checkpointStep } from '../../src/main/engine/train/loop/checkpoint.ts'
import { readEvents } from '../../src/main/engine/train/runFolder.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

const steps = 24
let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'killed-'))
  await writeTinyBundle(join(home, 'tiny'))
  const sentence = 'The mayor of Kardova is Oda Rinn, and the river that flows by is the Velm. '
  const documents = Array.from({ length: 4 }, (_, i) => `${i}. ${sentence.repeat(3)}`)
  await writeFile(join(home, 'four.txt'), documents.join('\n<|endoftext|>\n'))
})
afterAll(() => rm(home, { recursive: true }))

/** A training as the command line's flags have it. */
type Flags = { readonly trainer: TrainInput['trainer'] } & Readonly<Record<string, string | number>>

/** Runs the command; with `at` it is killed, without a word, `later` milliseconds after it told of that step. */
function command({ trainer, ...flags }: Flags, at: number | null, later = 0): Promise<NodeJS.Signals | number | null> {
  const given = { load: join(home, 'tiny'), home, data: join(home, 'four.txt'), steps, ...flags }
  const every = { 'log-every': 1, 'save-every': 4, 'valid-every': 10 }
  const words = Object.entries({ ...given, ...every }).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(process.execPath, ['src/main/cli.ts', 'train', trainer, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.on('data', (text: Buffer) => {
    const told = [...String(text).matchAll(/step (\d+), (?!held)/g)].map(([, step]) => Number(step))
    if (at !== null && told.some((step) => step >= at)) setTimeout(() => child.kill('SIGKILL'), later)
  })
  return new Promise((resolve) => void child.on('exit', (code, signal) => resolve(signal ?? code)))
}

/** All that an event says but how fast it went. */
const said = (event: TrainEvent): unknown => (event.type === 'step' ? { ...event, tokensPerSecond: 0 } : event)

// Gathered: nine positions a sequence, two of which fit a micro-batch of 24. The policy draws rollouts from its own weights.
const gathered = {
  trainer: 'mixed',
  k: 4,
  longest: 8,
  output: 6,
  batch: 4,
  stages: 1,
  lr: 0.01,
  positions: 24,
} as const
const policy = { trainer: 'policy', k: 4, longest: 16, output: 6, batch: 2, lr: 0.005 } as const

test.each<{ name: string; flags: Flags; seed: number }>([
  { name: 'micro-batches gathered', flags: gathered, seed: 1 },
  {
    name: 'a curriculum of stages',
    flags: { ...gathered, trainer: 'reconstruct', stages: 3, positions: 2048 },
    seed: 2,
  },
  { name: 'a policy reinforced', flags: policy, seed: 3 },
])(
  '$name: killed at random steps, a run tells the very losses of one that never stopped',
  async (run) => {
    expect(await command({ ...run.flags, out: join(home, `unbroken ${run.seed}`) }, null)).toBe(0)
    const draws = random(run.seed)
    const out = join(home, `killed ${run.seed}`)
    const found: number[] = []
    for (let kill = 0; kill < 3; kill++) {
      // Anywhere in what is left, and anywhere within a step: while it computes, tells or saves.
      const from = checkpointStep(out) + 1
      const at = draws.int(from, Math.max(from, steps - 6))
      const ended = await command({ ...run.flags, out }, at, draws.int(0, 30))
      if (ended !== 0) expect(ended).toBe('SIGKILL')
      found.push(checkpointStep(out))
    }
    expect(await command({ ...run.flags, out }, null)).toBe(0)
    // It was killed before its end, or the test shows nothing.
    expect(found[0]).toBeLessThan(steps)
    const [killed, unbroken] = await Promise.all([readEvents(out), readEvents(join(home, `unbroken ${run.seed}`))])
    expect(unbroken.filter((event) => event.type === 'step')).toHaveLength(steps)
    expect(killed.map(said)).toEqual(unbroken.map(said))
    const [a, b] = await Promise.all(
      [out, join(home, `unbroken ${run.seed}`)].map((folder) => readFile(join(folder, 'checkpoint.safetensors'))),
    )
    expect(a?.equals(b as Buffer)).toBe(true)
  },
  60_000,
)

test('the one said to gather does', async () => {
  const bundle = await openBundle(join(home, 'tiny'))
  const tokenizer = openTokenizer(bundle.tokenizer)
  const { k, ...rest } = gathered
  const input = TrainInput.parse({ ...rest, ks: [k], data: [join(home, 'four.txt')], out: '', steps })
  const source = await openSource(input.data, 'text', tokenizer)
  const ids = templateIds(bundle.config.template, tokenizer)
  const course = await trainers.mixed.open({
    input,
    ks: [k],
    bundle,
    tokenizer,
    ids,
    source,
    lora: null,
    threads: 1,
  })
  const batches = await course.draw(1, () => new Map())
  expect(batches.map(({ share }) => share)).toEqual([0.5, 0.5])
})
