/** Probing a device from within the process that may die of it: its numbers against the CPU's, then its times. */
import type { DeviceName } from '../../../shared/deviceNames.ts'
import { deviceTraits } from './devices.ts'
import {
  cacheNames,
  checkShape,
  halfGraph,
  headDim,
  probeGraph,
  probeNumbers,
  probeWeights,
  timeShape,
  type ProbeShape,
} from './probeGraph.ts'
import { drop, live, numbers, openSession, type Carried } from './run.ts'
import { floats, longs } from './value.ts'

/** Told as probing goes on, so that a process that dies or hangs has said where. */
export type ProbeMessage =
  | { readonly type: 'stage'; readonly stage: 'opening' | 'checking' | 'timing' }
  | { readonly type: 'failed'; readonly reason: string }
  /** `maxAbsDiff` is null where a number was none. */
  | {
      readonly type: 'checked'
      readonly maxAbsDiff: number | null
      readonly block: number | null
      readonly half: boolean
    }
  | { readonly type: 'timed'; readonly times: ProbeTimes }

export type ProbeTimes = {
  readonly prefillMs: number
  readonly stepMs: number
  readonly rounds: number
  readonly copiedBytes: number
  readonly cacheStays: boolean
}

/** The furthest that logits of the order of 1 may be from the CPU's: sums are taken in another order, nothing else may differ. */
export const agreement = 1e-3

/** Positions fed at a time: a prefill in two blocks, then steps, as a question is read and answered. */
const checkBlocks = [70, 9, 1, 1, 1]
/** WebGPU's attention has another kernel from 32 positions on; on SwiftShader all its rows but the first four are wrong (onnxruntime 1.30). */
const smallBlock = 31
const prefillPositions = 128
const steps = 8
const mostRounds = 5
/** No round begins after so long. */
const roundsMs = 3000

/** A probe's graph opened with an empty cache. */
async function open(shape: ProbeShape, device: DeviceName, threads: number) {
  const names = cacheNames(shape)
  const graph = probeGraph(shape)
  const session = await openSession(graph, probeWeights(graph), {
    device,
    threads,
    fills: true,
    carries: names.map((name) => `present.${name}`),
  })
  const dims = [1, shape.kvHeads, shape.room, headDim]
  const size = shape.kvHeads * shape.room * headDim
  let carried: readonly Carried[] = names.map((name) => ({
    input: `past.${name}`,
    output: `present.${name}`,
    value: live(floats(dims, new Float32Array(size))),
  }))
  let length = 0
  return {
    session,
    rewind: () => void (length = 0),
    /** Logits [vocabulary] of the last of `rows`. */
    async feed(rows: Float32Array): Promise<Float32Array> {
      const positions = rows.length / shape.hidden
      const logits = new Float32Array(shape.vocabulary)
      const int32 = (value: number) => live({ dtype: 'int32', shape: [1], data: Int32Array.of(value) })
      carried = await session.carry(
        {
          rows: live(floats([positions, shape.hidden], rows)),
          logitRows: live(longs([1], [positions - 1])),
          lastPosition: int32(length + positions - 1),
          totalPositions: int32(length + positions),
        },
        { logits: live(floats([1, shape.vocabulary], logits)) },
        carried,
      )
      length += positions
      return logits
    },
    async close() {
      for (const { value } of carried) drop(value)
      await session.close()
    },
  }
}

/** The logits that every block leads to, one row after another; no more than `most` positions are fed at a time. */
async function checked(device: DeviceName, threads: number, most = Infinity): Promise<readonly number[]> {
  const opened = await open(checkShape, device, threads)
  const logits: number[] = []
  for (const [at, positions] of checkBlocks.entries()) {
    const rows = probeNumbers(positions * checkShape.hidden, 100 + at)
    const span = Math.min(most, positions) * checkShape.hidden
    let last: Float32Array = new Float32Array(0)
    for (let from = 0; from < rows.length; from += span) last = await opened.feed(rows.subarray(from, from + span))
    logits.push(...last)
  }
  await opened.close()
  return logits
}

/** The furthest that numbers are from the true ones; null where one is none, which messages cannot carry. */
function gapOf(found: readonly number[], truth: readonly number[]): number | null {
  const gap = found.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (truth[i] as number))), 0)
  return Number.isFinite(gap) ? gap : null
}

const agrees = (gap: number | null): boolean => gap !== null && gap <= agreement

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number

async function timed(device: DeviceName, threads: number, most: number, alive: () => void): Promise<ProbeTimes> {
  const opened = await open(timeShape, device, threads)
  const prefill = probeNumbers(prefillPositions * timeShape.hidden, 7)
  const row = prefill.subarray(0, timeShape.hidden)
  const clock = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now()
    await work()
    return performance.now() - began
  }
  const prefills: number[] = []
  const stepTimes: number[] = []
  let copied = 0
  const began = performance.now()
  // The first round makes caches, shaders and buffers, and is dropped where there is time for another.
  for (let round = 0; round <= mostRounds; round++) {
    if (round > 0 && performance.now() - began > roundsMs) break
    opened.rewind()
    const own = await clock(async () => {
      const span = Math.min(most, prefillPositions) * timeShape.hidden
      for (let from = 0; from < prefill.length; from += span) await opened.feed(prefill.subarray(from, from + span))
    })
    const before = opened.session.copiedBytes()
    const each: number[] = []
    alive()
    for (let step = 0; step < steps; step++) {
      each.push(await clock(() => opened.feed(row)))
      alive()
    }
    if (round === 1) [prefills.length, stepTimes.length] = [0, 0]
    prefills.push(own)
    stepTimes.push(...each)
    copied = (opened.session.copiedBytes() - before) / steps
  }
  await opened.close()
  return {
    prefillMs: middle(prefills),
    stepMs: middle(stepTimes),
    rounds: prefills.length,
    copiedBytes: Math.round(copied),
    cacheStays: deviceTraits[device].carries !== 'host',
  }
}

/** How far a device is from the CPU, and how many positions it may be fed at a time where it is wrong for more. */
export async function checkDevice(
  device: DeviceName,
  threads: number,
): Promise<{ readonly maxAbsDiff: number | null; readonly block: number | null }> {
  const truth = await checked('cpu', threads)
  const whole = gapOf(await checked(device, threads), truth)
  if (agrees(whole)) return { maxAbsDiff: whole, block: null }
  const small = gapOf(await checked(device, threads, smallBlock), truth)
  return agrees(small) ? { maxAbsDiff: small, block: smallBlock } : { maxAbsDiff: whole, block: null }
}

/** Whether a device computes in half precision. The CPU runs such graphs by way of f32, which gains nothing. */
export async function computesHalves(device: DeviceName): Promise<boolean> {
  if (device === 'cpu') return false
  const session = await openSession(halfGraph(), new Map(), { device })
  try {
    const { root } = await session.run({ squares: live(floats([2], [4, 2.25])) })
    return numbers(root).join() === '2,1.5'
  } catch {
    return false
  } finally {
    await session.close()
  }
}

/** Probes `device`, telling each finding as it is known. */
export async function probeDevice(
  { device, threads }: { readonly device: DeviceName; readonly threads: number },
  tell: (message: ProbeMessage) => void,
): Promise<void> {
  try {
    tell({ type: 'stage', stage: 'opening' })
    await (await open(checkShape, device, threads)).close()
    tell({ type: 'stage', stage: 'checking' })
    const { maxAbsDiff, block } = await checkDevice(device, threads)
    tell({ type: 'checked', maxAbsDiff, block, half: agrees(maxAbsDiff) && (await computesHalves(device)) })
    if (!agrees(maxAbsDiff)) return
    const alive = (): void => tell({ type: 'stage', stage: 'timing' })
    alive()
    tell({ type: 'timed', times: await timed(device, threads, block ?? Infinity, alive) })
  } catch (error) {
    tell({ type: 'failed', reason: error instanceof Error ? error.message : String(error) })
  }
}
