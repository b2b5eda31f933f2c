/** The timing calls: TTFT, training speed and training memory as jobs. */
import type {
  TrainMemory,
  TrainMemoryInput,
  TrainSpeed,
  TrainSpeedInput,
  TtftInput,
  TtftRow,
} from '../../../shared/bench.ts'
import type { PplCost } from '../../../shared/evaluate.ts'
import type { JobEvent } from '../../../shared/job.ts'
import type { LatencyModel, LeftOut } from '../../../shared/latency.ts'
import { meter } from '../../../shared/progress.ts'
import { openBundled, openRandom } from '../bench/arch.ts'
import { fitLatency } from '../bench/latencyModel.ts'
import { weighLengths } from '../bench/memory.ts'
import { timeTraining } from '../bench/trainSpeed.ts'
import { timeTtft } from '../bench/ttft.ts'
import { onDevice } from '../parts.ts'
import { canWeigh, weighArms } from '../bench/ttftMemory.ts'
import type { RunOn } from '../graph/run.ts'
import type { Asking } from './asking.ts'
import { threads } from './health.ts'
import { streamOf } from './stream.ts'
import { weighFormat } from './weights.ts'

/** Runs a job alone on the machine: questions wait meanwhile, for a busy machine would spoil both. */
export function alone<Partial, Result>(
  at: Asking,
  work: (emit: (event: JobEvent<Partial, Result>) => void, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<Partial, Result>> {
  return streamOf<JobEvent<Partial, Result>, Result>(
    async (emit, stop) => {
      const release = await at.lock.take(stop)
      try {
        return await work(emit, stop)
      } finally {
        release()
      }
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

/** Rows of TTFT, each as soon as its context is done; then the memory of every arm, where asked for, and the model's fit. */
export function measureTtft(input: TtftInput, at: Asking, signal?: AbortSignal) {
  return alone<TtftRow, { rows: TtftRow[]; left: LeftOut[]; model: LatencyModel | null; costs?: PplCost[] }>(
    at,
    async (emit, stop) => {
      if (input.memory) canWeigh()
      const parts = await at.loader.get()
      const { config, bundle } = parts
      const own = input.arch === config.name
      const { use, format, ...running } = await at.devices.running()
      const on: RunOn = { ...running, ...onDevice(use) }
      const options = { ...on, format, batch: input.batch }
      const timed = await (own ? openBundled(bundle, options) : openRandom(input.arch, input.seed, options))
      let rows: TtftRow[] = []
      const left: LeftOut[] = []
      const progress = meter('time', 'runs', null)
      try {
        for await (const event of timeTtft(timed, input, stop)) {
          if (event.type === 'row') {
            rows.push(event.row)
            emit({ type: 'partial', partial: event.row })
          } else if (event.type === 'left') left.push(event.left)
          else emit({ ...progress.at(event.done, event.note), total: event.total })
        }
      } finally {
        await timed.close()
      }
      // The paper's formulas are of one question.
      const model = input.batch === 1 ? fitLatency(rows, timed.decoder, timed.encoder) : null
      // Random weights foretell nothing that could be lost.
      const costs =
        own && format !== 'f32' ? { costs: await weighFormat(parts, at, { format, seed: input.seed }, stop) } : {}
      if (!input.memory) return { rows, left, model, ...costs }
      const weighing = meter('weigh', 'arms', null)
      const where = { bundle: own ? bundle.folder : null, on, format }
      for await (const event of weighArms(rows, input, where, stop)) {
        if (event.type === 'rows') rows = [...event.rows]
        else emit({ ...weighing.at(event.done, event.note), total: event.total })
      }
      return { rows, left, model, ...costs }
    },
    signal,
  )
}

/** Training speed on this machine, a row for each length. */
export function measureTraining(input: TrainSpeedInput, at: Asking, signal?: AbortSignal) {
  return alone<TrainSpeed, TrainSpeed & { rows: TrainSpeed[] }>(
    at,
    async (emit, stop) => {
      const rows: TrainSpeed[] = []
      const progress = meter('train', 'steps', null)
      for await (const event of timeTraining(input, threads, undefined, stop)) {
        if (event.type === 'row') {
          rows.push(event.row)
          emit({ type: 'partial', partial: event.row })
        } else emit(progress.at(event.done, event.note))
      }
      const [first] = rows
      if (!first) throw new Error('internal: no length was timed')
      return { ...first, rows }
    },
    signal,
  )
}

/** Peak memory of training against length. */
export function measureMemory(input: TrainMemoryInput, at: Asking, signal?: AbortSignal) {
  return alone<TrainMemory, { rows: TrainMemory[] }>(
    at,
    async (emit, stop) => {
      const rows: TrainMemory[] = []
      const progress = meter('weigh', 'cells', 2 * input.lengths.length)
      emit(progress.at(0))
      for await (const row of weighLengths(input, threads, undefined, stop)) {
        rows.push(row)
        emit({ type: 'partial', partial: row })
        emit(progress.at(rows.length))
      }
      return { rows }
    },
    signal,
  )
}
