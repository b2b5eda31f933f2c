/** Running graphs: the only door to onnxruntime-node. */
import { dirname } from 'node:path'
import * as ort from 'onnxruntime-node'
import { deviceLabels, type DeviceName } from '../../../shared/deviceNames.ts'
import { Fault } from '../../../shared/fault.ts'
import { haltName, toOnnx } from './bytes.ts'
import { deviceTraits } from './devices.ts'
import { plainProducts } from './plain.ts'
import { count, type BoundWeights, type DType, type Graph, type Numbers, type Tensor } from './value.ts'

/** A tensor as the runtime holds it; made once and fed many times without a copy. */
export type Live = ort.Tensor
export type Feeds = Readonly<Record<string, Live>>

/** A result that is fed again at the next run, as a KV cache is: the names of its input and output, and what holds it now. */
export type Carried = { readonly input: string; readonly output: string; readonly value: Live }

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
  /**
   * Fills `into` by a run that also feeds what is `carried`, and gives what it is carried on in: the very buffers on the CPU, new buffers
   * of the device where the binding has them, new copies on the host elsewhere. What was carried is freed. Only sessions opened with `fills` and those outputs in `carries`.
   */
  carry(feeds: Feeds, into: Readonly<Record<string, Live>>, carried: readonly Carried[]): Promise<readonly Carried[]>
  /** Bytes copied between the host and the device since it was opened; 0 on the CPU. */
  copiedBytes(): number
  close(): Promise<void>
}

export type SessionOptions = {
  readonly threads?: number
  /** What it runs on; the CPU when left out. */
  readonly device?: DeviceName
  /** Keep freed blocks for the next run: faster, holds memory. */
  readonly arena?: boolean
  /** Lay each run out in one block planned from the run before. The block stands beside what the arena already holds. */
  readonly pattern?: boolean
  /** The session can `fill`. */
  readonly fills?: boolean
  /** Outputs that are fed again. */
  readonly carries?: readonly string[]
  /** Where to write the runtime's own trace of each operator. */
  readonly profile?: string
}

/** What a session's user chooses of where and how it runs. */
export type RunOn = Pick<SessionOptions, 'threads' | 'arena' | 'device'> & {
  /** Positions that its device may be fed at a time, where it is wrong for more. */
  readonly block?: number
}

/**
 * What onnxruntime-node says when it comes to hand over a result that is no tensor. By then the run is over and the
 * buffers are written. It hands results over in order, making a copy of each, those written in place too; a sequence before
 * all others halts it before the first copy. A later version that could hand it over would copy again, and be as right.
 */
const halted = 'Non tensor type is temporarily not supported.'

/**
 * Compiles a graph for its device. Weights not given are fed at each run; stored ones are mapped from their file, all of one folder.
 * Fault device-failed where the device refuses it.
 */
export async function openSession(
  graph: Graph,
  weights?: BoundWeights,
  options: SessionOptions = {},
): Promise<Session> {
  const { device = 'cpu', carries = [] } = options
  const traits = deviceTraits[device]
  const halts = options.fills === true && device === 'cpu'
  const ran = traits.plain ? plainProducts(graph) : graph
  const bound = boundTo(ran, weights)
  const session = await createSession(toOnnx(ran, bound, { halt: halts }), device, {
    executionProviders: traits.executionProviders,
    intraOpNumThreads: options.threads ?? 0,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    enableCpuMemArena: options.arena ?? true,
    enableMemPattern: traits.pattern && (options.pattern ?? true),
    logSeverityLevel: 3,
    // Numbers too small to matter are made zero: without it training slows down several times near convergence.
    // A session's threads stop spinning when its run is over: they would take the cores from the session that runs next.
    extra: { session: { set_denormal_as_zero: '1', force_spinning_stop: '1', ...storedIn(bound) } },
    ...(traits.carries === 'device' && carries.length > 0
      ? { preferredOutputLocation: Object.fromEntries(carries.map((name) => [name, 'gpu-buffer' as const])) }
      : {}),
    ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
  })
  const outputs = session.outputNames.filter((name) => name !== haltName)
  let copied = 0

  const failed = (error: unknown): Fault => {
    const said = `${graph.name}: ${(error as Error).message}`
    if (device === 'cpu') return new Fault('internal', said, { cause: error })
    return new Fault('device-failed', `${deviceLabels[device]} failed on ${said}`, { cause: error })
  }

  async function run(feeds: Feeds, into: Readonly<Record<string, Live | null>>): Promise<Record<string, Live>> {
    try {
      if (device === 'cpu') return (await session.run(feeds, into)) as Record<string, Live>
      // Where results have a place to lie, the binding passes over the buffers that it is given: they are filled from what comes.
      const none = Object.fromEntries(Object.keys(into).map((name) => [name, null]))
      const results = (await session.run(feeds, none)) as Record<string, Live>
      for (const [name, given] of Object.entries(into))
        if (given) (given.data as Float32Array).set((results[name] as Live).data as Float32Array)
      copied += bytesOnHost(Object.values(feeds)) + bytesOnHost(Object.values(results))
      return results
    } catch (error) {
      throw failed(error)
    }
  }

  async function fill(feeds: Feeds, into: Readonly<Record<string, Live>>): Promise<void> {
    if (options.fills !== true) throw new Error(`internal: ${graph.name} was not opened to fill`)
    if (!halts) return void (await run(feeds, into))
    try {
      await session.run(feeds, { [haltName]: null, ...into })
    } catch (error) {
      if ((error as Error).message !== halted) throw failed(error)
    }
  }

  async function carry(
    feeds: Feeds,
    into: Readonly<Record<string, Live>>,
    carried: readonly Carried[],
  ): Promise<readonly Carried[]> {
    const fed = { ...feeds, ...Object.fromEntries(carried.map(({ input, value }) => [input, value])) }
    if (traits.carries === 'in place') {
      // The same buffer is fed and filled: written where it stands.
      await fill(fed, { ...into, ...Object.fromEntries(carried.map(({ output, value }) => [output, value])) })
      return carried
    }
    const results = await run(fed, { ...into, ...Object.fromEntries(carried.map(({ output }) => [output, null])) })
    for (const { value } of carried) drop(value)
    return carried.map((each) => ({ ...each, value: results[each.output] as Live }))
  }

  return {
    inputs: session.inputNames,
    outputs,
    run: (feeds, into) => run(feeds, into ?? Object.fromEntries(outputs.map((name) => [name, null]))),
    fill,
    carry,
    copiedBytes: () => copied,
    async close() {
      if (options.profile !== undefined) session.endProfiling()
      await session.release()
    },
  }
}

async function createSession(
  bytes: Uint8Array,
  device: DeviceName,
  options: ort.InferenceSession.SessionOptions,
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(bytes, options)
  } catch (error) {
    if (device === 'cpu') throw error
    throw new Fault('device-failed', `${deviceLabels[device]} could not be opened: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

const bytesOf: Readonly<Record<string, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  int64: 8,
  int32: 4,
  bool: 1,
  uint8: 1,
}

function bytesOnHost(tensors: readonly Live[]): number {
  const onHost = tensors.filter(({ location }) => location === 'cpu')
  return onHost.reduce((sum, { dims, type }) => sum + count(dims) * (bytesOf[type] ?? 0), 0)
}

/** Frees what a buffer of a device takes; one of the host is freed by itself. */
export function drop(value: Live): void {
  if (value.location !== 'cpu') value.dispose()
}

/** Of the weights those that the graph asks for, each taken once: some are read from their file as they are taken. */
function boundTo({ params }: Graph, weights: BoundWeights = new Map()): BoundWeights {
  return new Map(
    params.flatMap(({ name }) => {
      const weight = weights.get(name)
      return weight === undefined ? [] : [[name, weight] as const]
    }),
  )
}

/** Tells the runtime which folder the file of the stored weights is in. */
function storedIn(weights: BoundWeights): Readonly<Record<string, string>> {
  const folders = new Set([...weights.values()].flatMap((each) => ('file' in each ? [dirname(each.file)] : [])))
  const [folder, another] = folders
  if (another !== undefined) throw new Error('internal: weights stored in two folders')
  return folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }
}

/** Wraps numbers for the runtime without copying them. */
export function live(tensor: Tensor): Live {
  return wrap(tensor.dtype, tensor.data, tensor.shape)
}

function wrap(dtype: DType, data: Numbers, shape: readonly number[]): Live {
  const tensor = new ort.Tensor(dtype, data as never, shape)
  // Where the language has a Float16Array the library wraps bits as one, which its own native half takes for empty.
  if (dtype === 'float16') Reflect.set(tensor, 'cpuData', data)
  return tensor
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
