/** The timing calls: TTFT, training speed and training memory as jobs. */
import type {
  TrainMemory,
  TrainMemoryInput,
  TrainSpeed,
  TrainSpeedInput,
  TtftInput,
  TtftRow,
} from '../../../shared/bench.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import { openRandom, type Timed } from '../bench/arch.ts'
import { weighLengths } from '../bench/memory.ts'
import { timeTraining } from '../bench/trainSpeed.ts'
import { timeTtft } from '../bench/ttft.ts'
import { memoryCache } from '../compress/cache.ts'
import { openCompressor } from '../compress/compressor.ts'
import { openDecoder } from '../expand/decoder.ts'
import type { Asking } from './asking.ts'
import { threads } from './health.ts'
import type { Loader } from './loaded.ts'
import { streamOf } from './stream.ts'

/** The bundle's decoder and encoder opened apart from those that answer, so that a sweep disturbs no run's cache. */
async function openOwn(loader: Loader): Promise<Timed> {
  const { bundle, config } = await loader.get()
  const decoder = await openDecoder(config.decoder, bundle.weights, { threads })
  const compressor = openCompressor(config, bundle.weights, {
    cache: memoryCache(),
    encoderHash: bundle.hash,
    projectorHash: bundle.hash,
    threads,
  })
  const close = async (): Promise<void> => {
    await decoder.close()
    await compressor.close()
  }
  return { name: config.name, decoder, compressor, encoder: config.encoder, close }
}

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

/** Rows of TTFT, each as soon as its context is done. */
export function measureTtft(input: TtftInput, at: Asking, signal?: AbortSignal) {
  return alone<TtftRow, { rows: TtftRow[] }>(
    at,
    async (emit, stop) => {
      const { config } = await at.loader.get()
      const timed =
        input.arch === config.name ? await openOwn(at.loader) : await openRandom(input.arch, input.seed, threads)
      const rows: TtftRow[] = []
      const progress = meter('time', 'runs', null)
      try {
        for await (const event of timeTtft(timed, input, stop)) {
          if (event.type === 'row') {
            rows.push(event.row)
            emit({ type: 'partial', partial: event.row })
          } else emit({ ...progress.at(event.done, event.note), total: event.total })
        }
      } finally {
        await timed.close()
      }
      return { rows }
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
