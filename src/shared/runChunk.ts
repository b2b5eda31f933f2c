/** What is asked of one chunk of a kept run. */
import * as z from 'zod'

export const ChunkOfRun = z.object({ id: z.string().describe('of the run'), chunk: z.number().int().min(0) })

/** The tokens of a chunk in order, as the decoder's tokenizer cut them. */
export const ChunkToken = z.object({ id: z.number().int(), text: z.string() })
export type ChunkToken = z.infer<typeof ChunkToken>

export const NeighboursInput = ChunkOfRun.extend({ count: z.number().int().min(1).max(100).default(5) })
/** Another chunk of the run, by the cosine of the two chunk embeddings. */
export const ChunkNeighbour = z.object({ index: z.number().int(), cosine: z.number() })
export type ChunkNeighbour = z.infer<typeof ChunkNeighbour>
