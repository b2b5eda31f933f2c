/**
 * Sets the decoder's speed beside llama.cpp's and Transformers.js's on a shape and precision that are the same, by hand on a machine at rest:
 * `node scripts/compareEngines.ts --home HOME --model NAME --engines FOLDER [--gguf FILE] [--tokens 512] [--steps 16] [--runs 5]`.
 * NAME is an imported Llama in f32; FOLDER is one of your own in which `npm install node-llama-cpp @huggingface/transformers` was run, or
 * one of them. llama.cpp gets random weights of the same sizes, written to FILE, Transformers.js the model's own, exported. All processes
 * stand at once; rounds take turns, so that a slow minute of the machine falls on all.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { access, mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../src/main/cli/table.ts'
import { threads as allThreads } from '../src/main/engine/serve/health.ts'
import { openModel } from '../src/main/engine/models/library.ts'
import { quantile } from '../src/shared/quantiles.ts'
import { root } from './checks.ts'
import { writeExported } from './engines/exported.ts'
import { writeGguf } from './engines/gguf.ts'
import type { Order } from './engines/orders.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    home: text,
    model: text,
    engines: text,
    gguf: text,
    tokens: { ...text, default: '512' },
    steps: { ...text, default: '16' },
    runs: { ...text, default: '5' },
    threads: { ...text, default: String(allThreads) },
    json: { type: 'boolean' },
  },
})
const { home, model, engines } = values
if (home === undefined || model === undefined || engines === undefined) {
  console.error('use: node scripts/compareEngines.ts --home HOME --model NAME --engines FOLDER')
  process.exit(2)
}
const [tokens, steps, runs] = [Number(values.tokens), Number(values.steps), Number(values.runs)]
const positions = tokens + (steps + 1) * 2

/** One engine in a process of its own. */
type Engine = { readonly name: string; readonly process: ChildProcess; readonly rss: number }

function start(name: string, script: string, args: readonly string[]): Promise<Engine> {
  const process = fork(join(root, 'scripts/engines', script), [...args, values.threads, String(positions)])
  return new Promise((resolve, reject) => {
    process.once('message', (said) => resolve({ name, process, rss: (said as { ready: number }).ready }))
    process.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)))
  })
}

function ask({ name, process }: Engine, order: Order): Promise<number> {
  return new Promise((resolve, reject) => {
    process.once('message', (said) => {
      const { ms, error } = said as { ms?: number; error?: string }
      if (ms === undefined) reject(new Error(`${name}: ${error}`))
      else resolve(ms)
    })
    process.send(order)
  })
}

const { manifest, weights, folder: modelFolder } = await openModel(home, model)
const config = manifest.decoder
const folder = await mkdtemp(join(tmpdir(), 'refrag-engines-'))
const gguf = values.gguf ?? join(folder, 'same-shape.gguf')
const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
const has = (library: string): Promise<boolean> => isThere(join(engines, 'node_modules', library))
const [llama, transformers] = [await has('node-llama-cpp'), await has('@huggingface/transformers')]
// Beside the model, so that its weights can be linked.
const exported = join(modelFolder, '..', `exported-${process.pid}`)
if (transformers) await writeExported(exported, config, weights)
if (llama && !(await isThere(gguf))) await writeGguf(gguf, { ...config, window: positions, bytes: 4 })

const prompt = Array.from({ length: tokens }, (_, i) => 10 + ((i * 7919) % (config.vocabulary - 20)))
const started: Engine[] = []
try {
  started.push(await start('workbench (onnxruntime)', 'ours.ts', [home, model]))
  if (llama) started.push(await start('node-llama-cpp', 'llama.ts', [engines, gguf]))
  if (transformers)
    started.push(await start('Transformers.js', 'transformers.ts', [engines, dirname(exported), basename(exported)]))
  const samples = started.map(() => ({ prefill: [] as number[], decode: [] as number[] }))
  for (let run = 0; run <= runs; run++)
    for (const [at, engine] of started.entries()) {
      const prefill = await ask(engine, { what: 'prefill', tokens: prompt })
      const decode = await ask(engine, { what: 'decode', count: steps })
      // The first round warms up.
      if (run === 0) continue
      samples[at]?.prefill.push((tokens / prefill) * 1000)
      samples[at]?.decode.push((steps / decode) * 1000)
    }
  const rows = started.flatMap(({ name }, at) =>
    (['prefill', 'decode'] as const).map((phase) => {
      const own = samples[at]?.[phase] ?? []
      const [median, low, high] = [quantile(own, 0.5), quantile(own, 0.25), quantile(own, 0.75)]
      return { engine: name, phase, median, low, high, runs: own.length }
    }),
  )
  const ratios = rows.map(({ engine, phase, median }) => {
    const ours = rows.find((row) => row.phase === phase)?.median ?? 0
    return { engine, phase, ratio: median / ours }
  })
  const hardware = `${values.threads} threads of ${cpus()[0]?.model ?? 'an unknown processor'}`
  if (values.json) console.log(JSON.stringify({ model, config, tokens, steps, hardware, rows, ratios }, null, 2))
  else {
    console.log(`${model}, f32, ${tokens} tokens read, ${steps} written, ${hardware}`)
    console.log(
      table(
        ['engine', 'phase', 'tokens a second', 'quartiles', 'runs'],
        rows.map((row) => [
          row.engine,
          row.phase,
          row.median.toFixed(2),
          `${row.low.toFixed(2)} to ${row.high.toFixed(2)}`,
          row.runs,
        ]),
      ),
    )
    for (const { engine, phase, ratio } of ratios.slice(2))
      console.log(`${phase}: the workbench takes ${ratio.toFixed(2)}x the time of ${engine}`)
  }
} finally {
  for (const { process } of started) process.disconnect()
  for (const each of [folder, exported]) await rm(each, { recursive: true, force: true })
}
