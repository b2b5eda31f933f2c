/** A policy while it is trained: what it thinks of a context's chunks now, and what it thought when the run began. */
import { startGraph } from '../../graph/build.ts'
import { live, numbers, openSession, type Live } from '../../graph/run.ts'
import { floats } from '../../graph/value.ts'
import { encodedWidth } from '../../nets/config.ts'
import { policy, type PolicyKind } from '../../nets/policy.ts'
import type { CourseOptions } from './course.ts'
import { firstValues } from './firstValues.ts'

/** Logits of the chunks that may be picked, under the weights of the moment and under those that the run began with. */
export type Logits = { readonly now: Float32Array; readonly start: Float32Array }

/** Reads a context's rows, the first `asked` of which are the question's own chunks. */
export type ReadLogits = (rows: readonly Float32Array[], asked: number) => Promise<Logits>

export type Sampling = {
  readonly read: (weights: ReadonlyMap<string, Live>) => ReadLogits
  readonly close: () => Promise<void>
}

/**
 * Opens the policy of a run. The weights it began with are made anew, from the bundle whose hash the run keeps and its seed, so
 * that a run gone on with measures from the very same start; both are fed to one session, so that no step apart is exactly none.
 */
export async function openSampling(
  { input, bundle }: Pick<CourseOptions, 'input' | 'bundle'>,
  kind: PolicyKind,
): Promise<Sampling> {
  const { config } = bundle
  const width = encodedWidth(config.encoder)
  const g = startGraph('sampling')
  const rows = g.input('rows', 'float32', ['rows', width])
  const asking = kind === 'policyQuery' ? g.input('asking', 'float32', ['rows', 1]) : null
  const read = { rows, asking, mask: null, batch: 1, length: 'rows' }
  g.output('logits', policy(g, kind, config.policy, config.encoder, read))
  const graph = g.finish()
  const initial = firstValues(input, bundle)
  const begun = new Map(graph.params.map((param) => [param.name, live(initial(param))]))
  const session = await openSession(graph, undefined, { threads: 1 })

  return {
    read: (weights) => async (own, asked) => {
      const all = new Float32Array(own.length * width)
      own.forEach((row, i) => all.set(row, i * width))
      const feeds = {
        rows: live(floats([own.length, width], all)),
        ...(asking ? { asking: live(floats([own.length, 1], new Float32Array(own.length).fill(1, 0, asked))) } : {}),
      }
      const under = async (at: ReadonlyMap<string, Live>): Promise<Float32Array> =>
        numbers((await session.run({ ...Object.fromEntries(at), ...feeds })).logits).slice(asked)
      return { now: await under(weights), start: await under(begun) }
    },
    close: () => session.close(),
  }
}
