/** The timing calls: TTFT and training speed as jobs. */
import type { TrainSpeed, TtftInput, TtftRow } from '../../../shared/bench.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import { openRandom, type Timed } from '../bench/arch.ts'
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

/** Training speed on this machine. */
export function measureTraining(
  input: { readonly steps: number; readonly seed: number },
  at: Asking,
  signal?: AbortSignal,
) {
  return alone<never, TrainSpeed>(
    at,
    async (emit, stop) => {
      const progress = meter('train', 'steps', input.steps + 3)
      const timing = timeTraining({ ...input, threads }, stop)
      for (;;) {
        const next = await timing.next()
        if (next.done) return next.value
        emit(progress.at(next.value))
      }
    },
    signal,
  )
}
