/** The embedder as a course: questions find their own passage among those of the batch. */
import { Fault } from '../../../../shared/fault.ts'
import { startGraph } from '../../graph/build.ts'
import { numbers, openSession } from '../../graph/run.ts'
import type { CourseOptions } from './course.ts'
import { contrastiveFeeds, contrastiveLoss, type Pair } from './embedder.ts'
import type { Course } from '../loop/loop.ts'
import { courseRate } from '../loop/schedule.ts'
import { stepRandom } from '../recipe/tasks.ts'

/** Pairs of one validation batch, and how many batches. */
const held = { pairs: 32, batches: 4 } as const
/** Draws for a passage that the batch does not have yet: met twice, it would count as the wrong answer to its own question. */
const most = 64

/** The course of the embedder on questions with passages; the first passage of each is the one to find. */
export function openEmbedderCourse({ input, bundle, source, tokenizer, threads }: CourseOptions): Course {
  const config = bundle.config.embedder
  const draw = (seed: number, step: number, side: 'train' | 'valid', count: number): Pair[] => {
    const random = stepRandom(seed, step)
    const seen = new Set<string>()
    const next = (tries: number): Pair => {
      const asked = source.asked(random, side)
      if (!asked)
        throw new Fault('bad-input', 'The embedder is trained on questions with passages; the data holds none.')
      // On sheets drawn together the question is of any of them: the one that holds the answer is its passage.
      const passage =
        asked.passages.find((text) => asked.answer !== '' && text.includes(asked.answer)) ??
        (asked.passages[0] as string)
      if (seen.has(passage) && tries < most) return next(tries + 1)
      seen.add(passage)
      return { question: tokenizer.encode(asked.question), passage: tokenizer.encode(passage) }
    }
    return Array.from({ length: count }, () => next(1))
  }
  const sets = Array.from({ length: held.batches }, (_, i) => contrastiveFeeds(draw(977, i, 'valid', held.pairs)))
  const key = `embedder ${input.batch}`
  return {
    steps: input.steps,
    stage: () => input.trainer,
    rate: courseRate(input, 1e-3),
    draw(step) {
      const pairs = draw(input.seed, step, 'train', input.batch)
      const tokens = pairs.reduce((sum, { question, passage }) => sum + question.length + passage.length, 0)
      const loss = (g: Parameters<typeof contrastiveLoss>[0]) => contrastiveLoss(g, config, input.batch)
      return [{ key, loss, feeds: contrastiveFeeds(pairs), tokens, share: 1 }]
    },
    async validate(weights) {
      const g = startGraph('embedder held out')
      const { loss, scores } = contrastiveLoss(g, config, held.pairs)
      g.output('loss', loss)
      g.output('scores', scores)
      const session = await openSession(g.finish(), undefined, { threads, arena: false })
      let [sum, right] = [0, 0]
      for (const feeds of sets) {
        const result = await session.run({ ...feeds, ...Object.fromEntries(weights) })
        sum += numbers(result.loss)[0] as number
        const table = numbers(result.scores)
        for (let row = 0; row < held.pairs; row++) {
          const own = table.subarray(row * held.pairs, (row + 1) * held.pairs)
          if (own[row] === Math.max(...own)) right++
        }
      }
      await session.close()
      const loss2 = sum / held.batches
      return {
        loss: loss2,
        scores: [
          { metric: 'contrastive loss, nats', value: loss2, better: 'lower' },
          {
            metric: `own passage first of ${held.pairs}`,
            value: right / (held.batches * held.pairs),
            better: 'higher',
          },
        ],
        samples: [],
      }
    },
  }
}
