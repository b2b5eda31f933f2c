/** `index` and `verify`. */
import { given, UsageError, type Values } from './arguments.ts'
import { follow, type Command } from './command.ts'
import { paths, reading, readingFlags } from './reading.ts'

export const index: Command = {
  name: 'index',
  about: 'build an index from files or folders',
  takes: 'FILE|FOLDER…',
  flags: {
    out: { type: 'string', value: 'IDX', about: 'folder of the index; replaced whole when it is done' },
    name: { type: 'string', value: 'NAME', about: 'name shown in lists' },
    embedder: {
      type: 'string',
      value: 'NAME',
      about: 'an imported embedder in place of the bundle’s own (models list)',
    },
    ...readingFlags,
  },
  run: async (scene, values) => {
    const input = {
      paths: paths(values, 'index'),
      ...reading(values),
      ...given(values, 'out', 'out', values.text),
      ...given(values, 'name', 'name', values.text),
      ...given(values, 'embedder', 'embedder', values.text),
    }
    const info = await follow(scene, scene.client.index.build(input, { signal: scene.signal }), (left) =>
      scene.warn(`left out ${left.reason} ${left.remedy}`),
    )
    const by = info.model === undefined ? '' : `, embedded by ${info.model}`
    scene.print(`${info.passages} passages of ${info.documents} documents in ${info.path}${by}`)
    if (info.cut !== undefined)
      scene.print(
        `${info.cut.passages} of them are longer than the ${info.cut.window} tokens that the embedder reads: their ends are in no vector`,
      )
    if (info.questions !== undefined) scene.print(`${info.questions} questions in ${info.path}/questions.jsonl`)
    return info
  },
}

export const verify: Command = {
  name: 'verify',
  about: 'check that an index is whole, and compare it with exact search',
  takes: 'IDX',
  flags: {
    sample: { type: 'string', value: 'N', about: 'queries tried', default: '100' },
    k: { type: 'string', value: 'N', about: 'tokens per chunk, for their count', default: '16' },
  },
  run: async (scene, values) => {
    const input = {
      path: only(values, 'verify takes the folder of an index'),
      sample: values.integer('sample'),
      k: values.integer('k'),
    }
    const found = await follow(scene, scene.client.index.health(input, { signal: scene.signal }))
    const { counts, checks } = found
    scene.print(
      `recall@10 ${found.recallAt10.toFixed(3)} on ${found.sample} queries; ${counts.documents} documents, ${counts.passages} passages, ` +
        `${counts.chunks} chunks of ${found.k} tokens, ${counts.vectors} vectors: ${found.agree ? 'they agree' : 'THEY DISAGREE'}`,
    )
    for (const { about, expected, found: held } of checks) {
      if (held !== expected) scene.print(`${about}: ${held} of ${expected}`)
    }
    return found
  },
}

/** The only positional of a command. Throws a UsageError that says `problem`. */
export function only(values: Values, problem: string): string {
  const [first, ...more] = values.positionals
  if (first === undefined || more.length > 0) throw new UsageError(problem)
  return first
}
