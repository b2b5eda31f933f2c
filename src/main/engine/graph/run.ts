/** Running graphs: the only door to onnxruntime-node. */
import { dirname } from 'node:path'
import * as ort from 'onnxruntime-node'
import { Fault } from '../../../shared/fault.ts'
import { haltName, toOnnx } from './bytes.ts'
import type { BoundWeights, DType, Graph, Numbers, Tensor } from './value.ts'

/** A tensor as the runtime holds it; made once and fed many times without a copy. */
export type Live = ort.Tensor
export type Feeds = Readonly<Record<string, Live>>

/** A graph ready to run. `run` blocks its thread while the runtime works. */
export type Session = {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /**
   * Results by name; a buffer given in `into` is written in place of a new one. What is returned is a copy all the same:
   * onnxruntime-node makes one of every result, which is most of what a training step spends outside the runtime.
   */
  run(feeds: Feeds, into?: Readonly<Record<string, Live | null>>): Promise<Record<string, Live>>
  /**
   * Writes results into the buffers of `into`, one for each result wanted, and copies none: what a step costs then follows
   * what it computes, not how large its buffers are. Only sessions opened with `fills` can.
   */
  fill(feeds: Feeds, into: Readonly<Record<string, Live>>): Promise<void>
  close(): Promise<void>
}

export type SessionOptions = {
  readonly threads?: number
  /** Keep freed blocks for the next run: faster, holds memory. */
  readonly arena?: boolean
  /** Lay each run out in one block planned from the run before. The block stands beside what the arena already holds. */
  readonly pattern?: boolean
  /** The session can `fill`. */
  readonly fills?: boolean
  /** Where to write the runtime's own trace of each operator. */
  readonly profile?: string
}

/**
 * What onnxruntime-node says when it comes to hand over a result that is no tensor. By then the run is over and the
 * buffers are written. It hands results over in order, making a copy of each, those written in place too; a sequence before
 * all others halts it before the first copy. A later version that could hand it over would copy again, and be as right.
 */
const halted = 'Non tensor type is temporarily not supported.'

/** Compiles a graph on the CPU. Weights not given are fed at each run; stored ones are mapped from their file, all of one folder. */
export async function openSession(
  graph: Graph,
  weights?: BoundWeights,
  options: SessionOptions = {},
): Promise<Session> {
  const session = await ort.InferenceSession.create(toOnnx(graph, weights, { halt: options.fills === true }), {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads ?? 0,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    enableCpuMemArena: options.arena ?? true,
    enableMemPattern: options.pattern ?? true,
    logSeverityLevel: 3,
    // Numbers too small to matter are made zero: without it training slows down several times near convergence.
    // A session's threads stop spinning when its run is over: they would take the cores from the session that runs next.
    extra: { session: { set_denormal_as_zero: '1', force_spinning_stop: '1', ...storedIn(weights) } },
    ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
  })
  const outputs = session.outputNames.filter((name) => name !== haltName)
  const failed = (error: unknown): Fault =>
    new Fault('internal', `${graph.name}: ${(error as Error).message}`, { cause: error })
  return {
    inputs: session.inputNames,
    outputs,
    async run(feeds, into) {
      try {
        const results = await session.run(feeds, into ?? Object.fromEntries(outputs.map((name) => [name, null])))
        return results as Record<string, Live>
      } catch (error) {
        throw failed(error)
      }
    },
    async fill(feeds, into) {
      if (options.fills !== true) throw new Error(`internal: ${graph.name} was not opened to fill`)
      try {
        await session.run(feeds, { [haltName]: null, ...into })
      } catch (error) {
        if ((error as Error).message !== halted) throw failed(error)
      }
    },
    async close() {
      if (options.profile !== undefined) session.endProfiling()
      await session.release()
    },
  }
}

/** Tells the runtime which folder the file of the stored weights is in. */
function storedIn(weights: BoundWeights | undefined): Readonly<Record<string, string>> {
  const folders = new Set(
    [...(weights?.values() ?? [])].flatMap((each) => ('file' in each ? [dirname(each.file)] : [])),
  )
  const [folder, another] = folders
  if (another !== undefined) throw new Error('internal: weights stored in two folders')
  return folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }
}

/** Wraps numbers for the runtime without copying them. */
export function live(tensor: Tensor): Live {
  return wrap(tensor.dtype, tensor.data, tensor.shape)
}

function wrap(dtype: DType, data: Numbers, shape: readonly number[]): Live {
  return new ort.Tensor(dtype, data as never, shape)
}

/** The float32 numbers of a result, not copied. */
export function numbers(result: Live | undefined): Float32Array {
  if (!result || result.type !== 'float32')
    throw new Error(`internal: expected float32, got ${result?.type ?? 'nothing'}`)
  return result.data as Float32Array
}

/** What runs the graphs, for manifests. */
export function runtimeInfo(): { readonly version: string; readonly device: string } {
  return { version: ort.env.versions.node ?? ort.env.versions.common, device: 'CPU' }
}
