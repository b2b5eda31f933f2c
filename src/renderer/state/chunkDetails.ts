/** What the engine tells of one chunk when it is asked for: its tokens, and the chunks nearest to it. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { ChunkNeighbour, ChunkToken } from '../../shared/runChunk.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'

export type ChunkDetails = {
  /** The run that all of it is of. */
  readonly run: string | null
  readonly tokens: ReadonlyMap<number, readonly ChunkToken[]>
  readonly neighbours: ReadonlyMap<number, readonly ChunkNeighbour[]>
  readonly fault: FaultData | null
}

const nothing: Omit<ChunkDetails, 'run'> = { tokens: new Map(), neighbours: new Map(), fault: null }

export const chunkDetails = createStore<ChunkDetails>()(() => ({ run: null, ...nothing }))

const nearest = 5

export function readTokens(run: string, chunk: number): Promise<void> {
  return read('tokens', run, chunk, () => link().runs.tokens({ id: run, chunk }))
}

export function readNeighbours(run: string, chunk: number): Promise<void> {
  return read('neighbours', run, chunk, () => link().runs.neighbours({ id: run, chunk, count: nearest }))
}

async function read<F extends 'tokens' | 'neighbours'>(
  field: F,
  run: string,
  chunk: number,
  call: () => Promise<ChunkDetails[F] extends ReadonlyMap<number, infer Value> ? Value : never>,
): Promise<void> {
  if (chunkDetails.getState().run !== run) chunkDetails.setState({ run, ...nothing })
  if (chunkDetails.getState()[field].has(chunk)) return
  chunkDetails.setState({ fault: null })
  try {
    const value = await call()
    // Another run may be looked at by now.
    if (chunkDetails.getState().run !== run) return
    chunkDetails.setState((state) => ({ [field]: new Map<number, unknown>([...state[field], [chunk, value]]) }))
  } catch (error) {
    if (chunkDetails.getState().run === run) chunkDetails.setState({ fault: noteFault('look at the chunk', error) })
  }
}
