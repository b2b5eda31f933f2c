/** An imported model by itself: verified, and a decoder that goes on from a prompt, as jobs. */
import type { JobEvent } from '../../../shared/job.ts'
import type { AskModel, ModelAnswer, ModelProof, ModelRole, ModelVerification } from '../../../shared/models.ts'
import { meter } from '../../../shared/progress.ts'
import { goOn } from '../bench/goOn.ts'
import { encodeBatch } from '../bench/encoderReference.ts'
import { openDecoder } from '../expand/decoder.ts'
import { openEncoder, openModel, proveFiles } from '../models/library.ts'
import { keptFormat, modelFolder, readManifest } from '../models/manifest.ts'
import { continuation, promptIds, tokenizerOf, tokenizerOrNone } from '../models/prompt.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { onDevice } from '../parts.ts'
import type { KeptDevices } from './devices.ts'
import { threads } from './health.ts'
import { streamOf } from './stream.ts'

/** An input as the contract hands it over: its defaults filled in. */
type Parsed<Input> = { readonly [Key in keyof Input]-?: Exclude<Input[Key], undefined> }

/** Reads an imported model through, and runs its network once. */
export function verifyModel(
  { name }: { readonly name: string },
  home: string,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<never, ModelVerification>> {
  return streamOf<JobEvent<never, ModelVerification>, ModelVerification>(
    async (emit, stop) => {
      const folder = modelFolder(home, name)
      const manifest = await readManifest(folder)
      const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0)
      const reading = meter('read', 'bytes', bytes)
      const proofs = await proveFiles(folder, manifest, (read) => void (reading.due() && emit(reading.at(read))), stop)
      if (proofs.every(({ holds }) => holds)) proofs.push(...(await proveNetwork(home, { name, role: manifest.role })))
      return { name, proofs, holds: proofs.every(({ holds }) => holds) }
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

async function proveNetwork(
  home: string,
  { name, role }: { readonly name: string; readonly role: ModelRole },
): Promise<ModelProof[]> {
  if (role !== 'decoder') return proveEncoder(home, name)
  const { manifest, weights } = await openModel(home, name)
  const { vocabulary, hidden } = manifest.decoder
  const shapes = { about: 'every weight has its shape', holds: true, found: `${weights.size} weights` }
  const decoder = await openDecoder(manifest.decoder, weights, { threads, format: keptFormat(manifest) })
  try {
    decoder.reserve(1)
    const logits = await decoder.feed(decoder.embedding.subarray(0, hidden), 'last')
    const finite = logits.every(Number.isFinite)
    const found = finite ? `${logits.length} numbers for ${vocabulary} tokens` : 'numbers that are not finite'
    return [
      shapes,
      { about: 'one position gives a logit a token', holds: finite && logits.length === vocabulary, found },
    ]
  } finally {
    await decoder.close()
  }
}

async function proveEncoder(home: string, name: string): Promise<ModelProof[]> {
  const { manifest, weights } = await openEncoder(home, name)
  const shapes = { about: 'every weight has its shape', holds: true, found: `${weights.size} weights` }
  const { encoder, text } = manifest
  const vector = await encodeBatch(
    encoder,
    weights,
    text.pooling,
    { inputIds: [[0]], attentionMask: [[1]] },
    { threads },
  )
  const finite = vector.every(Number.isFinite)
  const found = finite ? `${vector.length} numbers` : 'numbers that are not finite'
  return [shapes, { about: 'one token gives a vector', holds: finite && vector.length === encoder.hidden, found }]
}

/** A decoder goes on from a prompt. */
export function askModel(
  input: Parsed<AskModel>,
  home: string,
  devices: Pick<KeptDevices, 'running'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<string, ModelAnswer>> {
  return streamOf<JobEvent<string, ModelAnswer>, ModelAnswer>(
    async (emit, stop) => {
      const model = await openModel(home, input.name)
      const tokenizer =
        typeof input.prompt === 'string' ? tokenizerOf(model.tokenizer, input.name) : tokenizerOrNone(model.tokenizer)
      const prompt =
        typeof input.prompt === 'string' ? promptIds(tokenizer as Tokenizer, input.prompt, model) : [...input.prompt]
      const textOf = tokenizer === null ? () => '' : continuation(tokenizer, prompt, model.manifest.special)
      const ids: number[] = []
      let told = ''
      const { use, format: wanted, ...running } = await devices.running()
      const kept = keptFormat(model.manifest)
      const format = kept === 'f32' ? wanted : kept
      const made = await goOn(model, prompt, {
        ...input,
        on: { ...running, ...onDevice(use), format },
        signal: stop,
        tell: (id) => {
          ids.push(id)
          const text = textOf(ids)
          // What ends in half a character is told when it is whole.
          if (text.endsWith('\ufffd') || text.length <= told.length) return
          emit({ type: 'partial', partial: text.slice(told.length) })
          told = text
        },
      })
      return { ...made, prompt, text: told, device: use.label, weights: format }
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}
