/** Bundles: encoder, projector, decoder, policies, embedder, tokenizer and config, loaded together or not at all. */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { Lineage } from '../../../shared/train.ts'
import { UntrainedPart } from '../../../shared/untrained.ts'
import type { StoredTensor, Tensor, Weights } from '../graph/value.ts'
import { DecoderConfig, EmbedderConfig, EncoderConfig, networkVersions, PolicyConfig } from '../nets/config.ts'
import { Template } from '../nets/template.ts'
import { stageFolder } from './files.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'
import { openWeightFile, stateOf } from './weightFile.ts'

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
  encoderFrom: z.string().optional().describe('the same of an imported encoder; its own encoder when left out'),
  decoderElsewhere: z
    .literal(true)
    .optional()
    .describe('of its decoder it holds the token embeddings alone: a server decodes'),
  stored: z.enum(['F16', 'F32']).optional().describe('how the weights are kept on disk; f16 when left out'),
})
export type BundleConfig = z.infer<typeof BundleConfig>

/** The parts of a bundle that are untrained, as runs tell them: nothing where all are trained. */
export function untrainedOf({ untrained }: Pick<BundleConfig, 'untrained'>): Pick<BundleConfig, 'untrained'> {
  return untrained === undefined || untrained.length === 0 ? {} : { untrained }
}

const files = { weights: 'weights.safetensors', tokenizer: 'tokenizer.json', config: 'config.json' } as const
/** The file of a bundle's weights, in its folder. */
export const weightsFile = files.weights
/** The tokenizer of an imported chunk encoder, in bundles that have one. */
const encoderTokenizerFile = 'encoder-tokenizer.json'
const Manifest = z.object({
  format: z.literal(1),
  files: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.number().int() })),
})

/** A bundle opened; `hash` names its content. */
export type Bundle = {
  readonly folder: string
  readonly hash: string
  readonly config: BundleConfig
  readonly weights: Weights
  /** Where weights lie that are read from their file at each time that they are asked for; left out where all are in memory. */
  readonly stored?: ReadonlyMap<string, StoredTensor>
  readonly tokenizer: unknown
  /** Of an imported chunk encoder; left out where the encoder reads the decoder's tokens. */
  readonly encoderTokenizer?: unknown
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
  {
    config,
    weights,
    tokenizer,
    encoderTokenizer,
  }: Pick<Bundle, 'config' | 'weights' | 'tokenizer' | 'encoderTokenizer'>,
  parts: readonly BundlePart[],
): string {
  const hash = createHash('sha256').update(JSON.stringify(tokenizer))
  if (encoderTokenizer !== undefined) hash.update(JSON.stringify(encoderTokenizer))
  for (const part of parts.toSorted()) {
    hash.update(`${part} ${JSON.stringify(sizesOf[part](config))}`)
    updateWeights(hash, weights, part)
  }
  return hash.digest('hex').slice(0, 16)
}

function updateWeights(hash: Hash, weights: Weights, part: string): void {
  const names = [...weights.keys()].filter((each) => each.startsWith(`${part}.`)).toSorted()
  for (const name of names) {
    const tensor = weights.get(name) as Tensor
    hash.update(`${name}[${tensor.shape.join()}]`)
    hash.update(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength))
  }
}

/** Whether a weight is of the decoder: what `openStored` leaves in its file. */
const ofDecoder = (name: string): boolean => name.startsWith('decoder.')

/** Loads a bundle. Every file's hash is checked first: Fault bundle-missing or bundle-damaged, and nothing is loaded. */
export async function openBundle(folder: string): Promise<Bundle> {
  const { known, small, rest } = await openSmall(folder)
  const bytes = await checked(folder, files.weights, known)
  const weights = readSafetensors(bytes, files.weights)
  const parameters = [...weights.values()].reduce((sum, tensor) => sum + tensor.data.length, 0)
  return { ...small, weights, ...rest, parameters }
}

/** Opens a bundle as `openBundle` does, every file checked, but leaves the decoder's weights in their file. */
export async function openStored(folder: string): Promise<Bundle> {
  const { known, small, rest } = await openSmall(folder)
  const path = join(folder, files.weights)
  const missing = (): never => {
    throw new Fault('bundle-damaged', `${folder}: ${files.weights} is missing.`)
  }
  const listed = known[files.weights] ?? missing()
  const before = await stat(path).catch(missing)
  const hash = createHash('sha256')
  for await (const block of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(block as Buffer)
  demandHash(folder, files.weights, { wanted: listed.sha256, got: hash.digest('hex'), bytes: before.size })
  return { ...small, ...(await openWeightFile(path, stateOf(before), ofDecoder)), ...rest }
}

type Known = z.infer<typeof Manifest>['files']

/** All of a bundle but its weights. */
async function openSmall(folder: string) {
  let manifestText: string
  try {
    manifestText = await readFile(join(folder, 'bundle.json'), 'utf8')
  } catch (error) {
    throw new Fault('bundle-missing', `No bundle in ${folder}.`, { cause: error })
  }
  const { files: known } = parse(Manifest, manifestText, join(folder, 'bundle.json'))
  const text = async (name: string): Promise<string> => (await checked(folder, name, known)).toString('utf8')
  const tokenizer: unknown = JSON.parse(await text(files.tokenizer))
  const config = parse(BundleConfig, await text(files.config), files.config)
  if (config.encoder.imported && !(encoderTokenizerFile in known))
    throw new Fault(
      'bundle-damaged',
      `${folder}: ${encoderTokenizerFile} is missing, which its imported encoder reads by.`,
    )
  const rest: { encoderTokenizer?: unknown } =
    encoderTokenizerFile in known ? { encoderTokenizer: JSON.parse(await text(encoderTokenizerFile)) } : {}
  return { known, small: { folder, hash: sha256(manifestText).slice(0, 16), config, tokenizer }, rest }
}

/** A file of a bundle as it was when the bundle was made. */
async function checked(folder: string, name: string, known: Known): Promise<Buffer> {
  const listed = known[name]
  const content = await readFile(join(folder, name)).catch(() => null)
  if (!listed || !content) throw new Fault('bundle-damaged', `${folder}: ${name} is missing.`)
  demandHash(folder, name, { wanted: listed.sha256, got: sha256(content), bytes: content.length })
  return content
}

function demandHash(
  folder: string,
  name: string,
  { wanted, got, bytes }: { readonly wanted: string; readonly got: string; readonly bytes: number },
): void {
  if (got !== wanted)
    throw new Fault(
      'bundle-damaged',
      `${folder}: ${name} is not the file that the bundle was made with (${bytes} bytes, hash differs).`,
    )
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
  bundle: Pick<Bundle, 'config' | 'tokenizer' | 'encoderTokenizer'> & { readonly weights: ReadonlyMap<string, Tensor> },
  keep: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<void> {
  const contents: Record<string, string | Uint8Array> = {
    [files.weights]: writeSafetensors(bundle.weights, bundle.config.stored ?? 'F16'),
    [files.tokenizer]: JSON.stringify(bundle.tokenizer),
    ...(bundle.encoderTokenizer === undefined
      ? {}
      : { [encoderTokenizerFile]: JSON.stringify(bundle.encoderTokenizer) }),
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
