/** The loop and the trainer beneath it: gathered gradients, steps taken back, resumption, early ends. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Builder } from '../../src/main/engine/graph/build.ts'
import { live, numbers } from '../../src/main/engine/graph/run.ts'
import { floats, type Value } from '../../src/main/engine/graph/value.ts'
import { readCheckpoint } from '../../src/main/engine/train/loop/checkpoint.ts'
import { runCourse, type Course, type LoopEvent, type LoopOptions } from '../../src/main/engine/train/loop/loop.ts'
import { adamDefaults } from '../../src/main/engine/train/loop/optimizer.ts'
import { startTrainer } from '../../src/main/engine/train/loop/trainer.ts'
import { faultOf } from '../helpers/faults.ts'
import { numbersFrom } from '../helpers/numbers.ts'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'loop-'))
})
afterAll(() => rm(home, { recursive: true }))

/** Mean over `rows` of the squared distance between x w and y. */
const distance =
  (rows: number) =>
  (g: Builder): { readonly loss: Value } => {
    const product = g.add('MatMul', [g.input('x', 'float32', [rows, 3]), g.param('w', [3, 2])], {})
    const gap = g.add('Sub', [product, g.input('y', 'float32', [rows, 2])], {})
    const sum = g.add('ReduceSumSquare', [gap], { axes: [0, 1], keepdims: 0 })
    return { loss: g.add('Div', [sum, g.constant(floats([], [rows]))], {}) }
  }
const rowsOf = (from: number, rows: number) => ({
  x: live(floats([rows, 3], numbersFrom(12, 1).slice(3 * from, 3 * (from + rows)))),
  y: live(floats([rows, 2], numbersFrom(8, 2).slice(2 * from, 2 * (from + rows)))),
})
const options = {
  initial: (param: Value) => floats(param.shape as number[], numbersFrom(6, 3)),
  adam: adamDefaults,
  session: { threads: 1 },
}

describe('gradients gathered over micro-batches', () => {
  test('move the weights as one batch of all of them does', async () => {
    const [whole, parts] = [startTrainer(options), startTrainer(options)]
    const step = await whole.prepare('whole', distance(4))
    const gathering = await parts.prepareGathering('part', distance(1))
    for (let at = 1; at <= 5; at++) {
      const { loss, gradientNorm } = await step.run(rowsOf(0, 4), 0.1, at)
      let gathered = 0
      for (let row = 0; row < 4; row++) gathered += 0.25 * (await gathering.run(rowsOf(row, 1), 0.25))
      expect(gathered).toBeCloseTo(loss, 5)
      expect(await parts.apply(0.1, at)).toBeCloseTo(gradientNorm, 5)
    }
    const [a, b] = [whole.weights().get('w')!.data, parts.weights().get('w')!.data]
    ;[...(a as Float32Array)].forEach((value, i) => expect(b[i]).toBeCloseTo(value, 5))
    await whole.close()
    await parts.close()
  })
})

test('a step taken back leaves weights and moments as they were', async () => {
  const trainer = startTrainer(options)
  const step = await trainer.prepare('whole', distance(4))
  await step.run(rowsOf(0, 4), 0.1, 1)
  const [weights, moments] = [trainer.weights(), trainer.moments()]
  await step.run(rowsOf(0, 4), 0.1, 2)
  expect(trainer.weights()).not.toEqual(weights)
  trainer.undo()
  expect(trainer.weights()).toEqual(weights)
  expect(trainer.moments()).toEqual(moments)
  await trainer.close()
})

/** A course on four rows; `spoilt` is a step whose data is no number. */
const courseOf = (spoilt: number, validate?: Course['validate']): Course => ({
  steps: 20,
  stage: () => 'only',
  rate: () => 0.1,
  draw(step) {
    const { x, y } = rowsOf(0, 4)
    if (step === spoilt) numbers(x)[0] = Number.NaN
    return [{ key: 'whole', loss: distance(4), feeds: { x, y }, tokens: 4, share: 1 }]
  },
  ...(validate ? { validate } : {}),
})
const loop = (folder: string): LoopOptions => ({
  folder: join(home, folder),
  initial: options.initial,
  adam: adamDefaults,
  threads: 1,
  every: { log: 1, valid: 2, checkpoint: 100 },
})

test('a step that is no number is taken back: the fault names it and the step before is kept', async () => {
  const fault = await faultOf(Array.fromAsync(runCourse(courseOf(7), loop('spoilt'))))
  expect(fault).toMatchObject({ code: 'training-diverged', message: expect.stringContaining('At step 7') })
  const kept = readCheckpoint(join(home, 'spoilt'))
  expect(kept?.step).toBe(6)
  expect([...(kept!.weights.get('w')!.data as Float32Array)].every(Number.isFinite)).toBe(true)
  const events = await Array.fromAsync(runCourse(courseOf(0), loop('spoilt')))
  const whole = await Array.fromAsync(runCourse(courseOf(0), loop('whole')))
  const norms = (all: readonly LoopEvent[]) =>
    all.flatMap((event) => (event.type === 'step' ? [event.gradientNorm] : []))
  expect(norms(events)).toEqual(norms(whole).slice(6))
})

test('a run whose validation no longer gets better ends by itself, in one sitting as in two', async () => {
  const losses = [3, 2, 1, 1.5, 1.25, 1.1]
  const validated = (from: number): Course['validate'] => {
    let at = from
    return () => Promise.resolve({ loss: losses[at++] ?? 9, scores: [], samples: [] })
  }
  const patient = (folder: string) => ({ ...loop(folder), patience: 3 })
  await Array.fromAsync(runCourse(courseOf(0, validated(0)), patient('tired')))
  expect(readCheckpoint(join(home, 'tired'))?.step).toBe(12)
  let seen = 0
  const two = { ...patient('two'), until: () => seen >= 8 }
  for await (const event of runCourse(courseOf(0, validated(0)), two)) if (event.type === 'step') seen++
  await Array.fromAsync(runCourse(courseOf(0, validated(4)), patient('two')))
  expect(readCheckpoint(join(home, 'two'))?.step).toBe(12)
})
