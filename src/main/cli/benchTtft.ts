/** `bench ttft`: full context against REFRAG on the clock, as a table and, where asked for, as a picture. */
import { writeFile } from 'node:fs/promises'
import type { TtftRow } from '../../shared/bench.ts'
import type { LatencyModel } from '../../shared/latency.ts'
import { costTable } from '../../shared/evaluateTables.ts'
import { ttftTables } from '../../shared/ttftTables.ts'
import type { Values } from './arguments.ts'
import { follow, type Command } from './command.ts'
import { exporter, exportFlag, printTables } from './exporting.ts'
import { drawTtft } from '../../shared/ttftPicture.ts'

/** The flags are two, the states three. */
function cachedOf(values: Values): 'cached' | 'uncached' | 'both' {
  if (values.flag('cached-only')) return 'cached'
  return values.flag('cached') ? 'both' : 'uncached'
}

function sayRow({ context, k, p, cached, speedup, disturbed }: TtftRow): string {
  const noted = disturbed.length === 0 ? '' : ` (disturbed: ${disturbed.join('; ')})`
  return `context ${context}, k ${k}, p ${p}, ${cached ? 'cached' : 'uncached'}: ${speedup.toFixed(2)}x${noted}`
}

/** The fit in one line. */
function sayModel({ f, m, residuals }: LatencyModel): string {
  const worst = (of: readonly number[]): string => `${(100 * Math.max(...of.map(Math.abs))).toFixed(0)} %`
  const steps = m === null ? '' : `, m ${(m / 1e9).toFixed(1)} GB/s, off by up to ${worst(residuals.ttit)}`
  return `The paper's model, fitted to full context: f ${(f / 1e9).toFixed(0)} GFLOP/s, off by up to ${worst(residuals.ttft)}${steps}`
}

export const benchTtft: Command = {
  name: 'bench ttft',
  about: 'time to first token, full context against REFRAG, in one process',
  flags: {
    arch: {
      type: 'string',
      value: 'NAME',
      about: 'refrag-mini, or a shape with random weights: llama-135m, llama-3.2-1b, qwen3-0.6b, …, or sizes',
      default: 'refrag-mini',
    },
    contexts: { type: 'string', value: 'S,…', about: 'context tokens', default: '512,2048' },
    k: { type: 'string', value: 'K,…', about: 'tokens per chunk', default: '8,16' },
    p: { type: 'string', value: 'P,…', about: 'fractions of chunks expanded', default: '0' },
    cached: { type: 'boolean', about: 'also with chunk embeddings from the cache; the uncached rows stand beside' },
    'cached-only': { type: 'boolean', about: 'only with chunk embeddings from the cache' },
    repeats: { type: 'string', value: 'N', about: 'repeats, interleaved', default: '3' },
    batch: { type: 'string', value: 'N', about: 'questions answered together', default: '1' },
    output: { type: 'string', value: 'N', about: 'output tokens, the first included', default: '16' },
    memory: { type: 'boolean', about: "also each arm's peak memory, in a process of its own" },
    seconds: { type: 'string', value: 'N', about: 'stop with what there is after this long' },
    picture: { type: 'string', value: 'FILE', about: "draw the rows beside the paper's points and the model, as SVG" },
    seed: { type: 'string', value: 'N', about: 'seed of random choices', default: '7' },
    export: exportFlag,
  },
  run: async (scene, values) => {
    const save = exporter(scene, values)
    const seconds = values.optional('seconds') === undefined ? {} : { secondsLimit: values.number('seconds') }
    const input = {
      arch: values.text('arch'),
      contexts: values.numbers('contexts'),
      ks: values.numbers('k'),
      ps: values.numbers('p'),
      cached: cachedOf(values),
      repeats: values.integer('repeats'),
      batch: values.integer('batch'),
      output: values.integer('output'),
      memory: values.flag('memory'),
      seed: values.integer('seed'),
      ...seconds,
    }
    const found = await follow(scene, scene.client.bench.ttft(input, { signal: scene.signal }), (row) =>
      scene.warn(sayRow(row)),
    )
    const { rows, left, model, costs } = found
    for (const { context, reason } of left) scene.warn(`context ${context} left out: ${reason}`)
    const tables = [...ttftTables(rows), ...(costs === undefined ? [] : [costTable(costs)])]
    printTables(scene, tables)
    if (model) scene.print(`\n${sayModel(model)}`)
    const picture = values.optional('picture')
    if (picture !== undefined) await writeFile(picture, drawTtft(rows, model))
    await save(tables)
    return found
  },
}
