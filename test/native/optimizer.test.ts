/** The optimizer inside the training graph against the textbook. */
import { expect, test } from 'vitest'
import { floats } from '../../src/main/engine/graph/value.ts'
import { adamDefaults } from '../../src/main/engine/train/loop/optimizer.ts'
import { startTrainer } from '../../src/main/engine/train/loop/trainer.ts'

test('AdamW moves a weight exactly as the textbook does, clipping and decay included', async () => {
  const [start, goal] = [
    [0.5, -1.25, 2],
    [3, 4, -5],
  ]
  const options = { ...adamDefaults, clip: 2, decay: 0.1 }
  const trainer = startTrainer({
    initial: (param) => floats(param.shape as number[], start),
    adam: options,
    session: { threads: 1 },
  })
  const step = await trainer.prepare('quadratic', (g) => {
    const gap = g.add('Sub', [g.param('w', [1, 3]), g.constant(floats([1, 3], goal))], {})
    return { loss: g.add('ReduceSumSquare', [gap], { axes: [0, 1], keepdims: 0 }) }
  })
  let w = [...start]
  const [m, v] = [
    [0, 0, 0],
    [0, 0, 0],
  ]
  for (let t = 1; t <= 5; t++) {
    await step.run({}, 0.1, t)
    const raw = w.map((value, i) => 2 * (value - goal[i]!))
    const norm = Math.hypot(...raw)
    w = w.map((value, i) => {
      const gradientHere = raw[i]! * Math.min(1, options.clip / norm)
      m[i] = options.beta1 * m[i]! + (1 - options.beta1) * gradientHere
      v[i] = options.beta2 * v[i]! + (1 - options.beta2) * gradientHere ** 2
      const [mHat, vHat] = [m[i]! / (1 - options.beta1 ** t), v[i]! / (1 - options.beta2 ** t)]
      return value - 0.1 * (mHat / (Math.sqrt(vHat) + options.epsilon) + options.decay * value)
    })
    ;[...(trainer.weights().get('w')!.data as Float32Array)].forEach((value, i) => expect(value).toBeCloseTo(w[i]!, 4))
  }
  await trainer.close()
})
