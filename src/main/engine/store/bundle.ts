/** Bundles: encoder, projector, decoder, policies, embedder, tokenizer and config, loaded together or not at all. */
import { createHash, type Hash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { Lineage } from '../../../shared/train.ts'
import { UntrainedPart } from '../../../shared/untrained.ts'
import type { Tensor, Weights } from '../graph/value.ts'
import { DecoderConfig, EmbedderConfig, EncoderConfig, networkVersions, PolicyConfig } from '../nets/config.ts'
import { Template } from '../nets/template.ts'
import { stageFolder } from './files.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'

export const BundleConfig = z.object({
  name: z.string(),
  about: z.string(),
  toy: z.boolean().describe('shows the mechanics; its quality says nothing about REFRAG at scale'),
  ks: z.array(z.number().int().min(1)).min(1).describe('tokens per chunk that the encoder was trained for'),
  decoder: DecoderConfig,
  encoder: EncoderConfig,
  policy: PolicyConfig,
  embedder: EmbedderConfig,
  template: Template,
  lineage: z.array(Lineage).default([]).describe('the trainings it went through since its recipe, oldest first'),
  untrained: z.array(UntrainedPart).optional().describe('parts that have random weights; none when left out'),
  decoderFrom: z.string().optional().describe('the imported decoder that it was paired from, and where that came from'),
  stored: z.enum(['F16', 'F32']).optional().describe('how the weights are kept on disk; f16 when left out'),
})
export type BundleConfig = z.infer<typeof BundleConfig>

/** The parts of a bundle that are untrained, as runs tell them: nothing where all are trained. */
export function untrainedOf({ untrained }: Pick<BundleConfig, 'untrained'>): Pick<BundleConfig, 'untrained'> {
  return untrained === undefined || untrained.length === 0 ? {} : { untrained }
}

const files = { weights: 'weights.safetensors', tokenizer: 'tokenizer.json', config: 'config.json' } as const
const Manifest = z.object({
  format: z.literal(1),
  files: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.number().int() })),
})

/** A bundle in memory; `hash` names its content. */
export type Bundle = {
  readonly folder: string
  readonly hash: string
  readonly config: BundleConfig
  readonly weights: Weights
  readonly tokenizer: unknown
  readonly parameters: number
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** Hash of one part's weights and sizes: what caches of its results are keyed by. */
export function partHash(bundle: Pick<Bundle, 'config' | 'weights'>, part: keyof typeof networkVersions): string {
  const hash = createHash('sha256').update(`${part} ${networkVersions[part]}`)
  // Heads and epsilon change the results and show in no weight's shape; the projector has neither.
  if (part !== 'projector') hash.update(JSON.stringify(bundle.config[part]))
  updateWeights(hash, bundle.weights, part)
  return hash.digest('hex').slice(0, 16)
}

/** What of a config a training reads with the weights of each part; ks where chunks are cut. */
const sizesOf = {
  decoder: ({ decoder, template }) => [decoder, template],
  encoder: ({ encoder, ks }) => [encoder, ks],
  projector: () => [],
  policy: ({ policy }) => [policy],
  policyQuery: ({ policy }) => [policy],
  embedder: ({ embedder }) => [embedder],
} as const satisfies Readonly<Record<string, (config: BundleConfig) => readonly unknown[]>>
export type BundlePart = keyof typeof sizesOf

/** Hash of all that a training on these parts begins from: their weights and sizes, and the tokenizer. */
export function basisHash(
  { config, weights, tokenizer }: Pick<Bundle, 'config' | 'weights' | 'tokenizer'>,
  parts: readonly BundlePart[],
): string {
  const hash = createHash('sha256').update(JSON.stringify(tokenizer))
  for (const part of parts.toSorted()) {
    hash.update(`${part} ${JSON.stringify(sizesOf[part](config))}`)
    updateWeights(hash, weights, part)
  }
  return hash.digest('hex').slice(0, 16)
}

function updateWeights(hash: Hash, weights: Weights, part: string): void {
  for (const [name, tensor] of [...weights]
    .filter(([each]) => each.startsWith(`${part}.`))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}[${tensor.shape.join()}]`)
    hash.update(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength))
  }
}

/** Loads a bundle. Every file's hash is checked first: Fault bundle-missing or bundle-damaged, and nothing is loaded. */
export async function openBundle(folder: string): Promise<Bundle> {
  let manifestText: string
  try {
    manifestText = await readFile(join(folder, 'bundle.json'), 'utf8')
  } catch (error) {
    throw new Fault('bundle-missing', `No bundle in ${folder}.`, { cause: error })
  }
  const manifest = parse(Manifest, manifestText, join(folder, 'bundle.json'))
  const bytes = new Map<string, Buffer>()
  for (const name of Object.values(files)) {
    const known = manifest.files[name]
    const content = await readFile(join(folder, name)).catch(() => null)
    if (!known || !content) throw new Fault('bundle-damaged', `${folder}: ${name} is missing.`)
    if (sha256(content) !== known.sha256)
      throw new Fault(
        'bundle-damaged',
        `${folder}: ${name} is not the file that the bundle was made with (${content.length} bytes, hash differs).`,
      )
    bytes.set(name, content)
  }
  const config = parse(BundleConfig, (bytes.get(files.config) as Buffer).toString('utf8'), files.config)
  const weights = readSafetensors(bytes.get(files.weights) as Buffer, files.weights)
  const parameters = [...weights.values()].reduce((sum, tensor) => sum + tensor.data.length, 0)
  const tokenizer: unknown = JSON.parse((bytes.get(files.tokenizer) as Buffer).toString('utf8'))
  return { folder, hash: sha256(manifestText).slice(0, 16), config, weights, tokenizer, parameters }
}

function parse<T>(schema: z.ZodType<T>, text: string, name: string): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new Fault('bundle-damaged', `${name} cannot be read.`, { cause: error })
  }
}

/** Writes a bundle whole into `folder`, weights in f16 unless its config says otherwise; what else stood there is kept. */
export async function writeBundle(
  folder: string,
  bundle: { readonly config: BundleConfig; readonly weights: ReadonlyMap<string, Tensor>; readonly tokenizer: unknown },
  keep: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<void> {
  const contents: Record<string, string | Uint8Array> = {
    [files.weights]: writeSafetensors(bundle.weights, bundle.config.stored ?? 'F16'),
    [files.tokenizer]: JSON.stringify(bundle.tokenizer),
    [files.config]: `${JSON.stringify(bundle.config, null, 2)}\n`,
  }
  const listed = Object.fromEntries(
    Object.entries(contents).map(([name, content]) => {
      const block = typeof content === 'string' ? Buffer.from(content) : content
      return [name, { sha256: sha256(block), bytes: block.length }]
    }),
  )
  const staged = await stageFolder(folder)
  try {
    for (const [name, content] of Object.entries({ ...keep, ...contents }))
      await writeFile(join(staged.temporary, name), content)
    await writeFile(join(staged.temporary, 'bundle.json'), `${JSON.stringify({ format: 1, files: listed }, null, 2)}\n`)
    await staged.commit()
  } catch (error) {
    await staged.discard()
    throw error
  }
}
