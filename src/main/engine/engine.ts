/** createEngine(): the only thing a door imports. Ties each call of the contract to the room that answers it. */
import { mkdir } from 'node:fs/promises'
import type { Health } from '../../shared/contract.ts'
import { Fault } from '../../shared/fault.ts'
import { server } from './serve/faults.ts'
import { readHealth } from './serve/health.ts'

export type EngineOptions = {
  /** Folder for indexes, caches and runs; made when missing. */
  readonly home: string
  /** Folder that holds the bundles. */
  readonly models: string
  readonly log: (line: string) => void
}

export type Engine = { readonly router: EngineRouter; readonly close: () => Promise<void> }
export type EngineRouter = ReturnType<typeof makeRouter>

/** Starts an engine. Sessions open on first use, so that this is quick; `close` frees them. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  await mkdir(options.home, { recursive: true })
  return { router: makeRouter(options), close: async () => {} }
}

function makeRouter({ home, log }: EngineOptions) {
  const os = server(log)
  return os.router({
    health: os.health.handler(() => readHealth(home, noBundle)),
    policies: os.policies.handler(() => missing('policies')),
    corpus: {
      make: os.corpus.make.handler(() => missing('corpus.make')),
      upload: os.corpus.upload.handler(() => missing('corpus.upload')),
    },
    index: {
      build: os.index.build.handler(() => missing('index.build')),
      list: os.index.list.handler(() => missing('index.list')),
      open: os.index.open.handler(() => missing('index.open')),
      passages: os.index.passages.handler(() => missing('index.passages')),
      search: os.index.search.handler(() => missing('index.search')),
      verify: os.index.verify.handler(() => missing('index.verify')),
    },
    demo: os.demo.handler(() => missing('demo')),
    ask: os.ask.handler(() => missing('ask')),
    runs: {
      list: os.runs.list.handler(() => missing('runs.list')),
      open: os.runs.open.handler(() => missing('runs.open')),
    },
    bench: {
      ttft: os.bench.ttft.handler(() => missing('bench.ttft')),
      train: os.bench.train.handler(() => missing('bench.train')),
    },
    evaluate: { qa: os.evaluate.qa.handler(() => missing('evaluate.qa')) },
    train: { bundle: os.train.bundle.handler(() => missing('train.bundle')) },
  })
}

const noBundle: Health['bundle'] = { name: 'none', hash: '', parameters: 0, ks: [], window: 0, toy: true }

function missing(call: string): never {
  throw new Fault('internal', `${call} is not wired to its room yet.`)
}
