/** Models: somebody else's networks, imported from the layout that Hugging Face keeps them in. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './calls.ts'
import { WeightName } from './devices.ts'
import { HubRevision } from './hub.ts'
import { jobEvent } from './job.ts'

/** What a model is for: it decodes, encodes chunks, or embeds texts for retrieval. */
export const modelRoles = ['decoder', 'encoder', 'embedder'] as const
export const ModelRole = z.enum(modelRoles)
export type ModelRole = z.infer<typeof ModelRole>

const HubSource = z.object({
  kind: z.literal('hub'),
  id: z.string(),
  revision: z.string().describe('the commit that was taken'),
})

/** Where a model came from. */
export const ModelSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), folder: z.string() }),
  HubSource,
])
export type ModelSource = z.infer<typeof ModelSource>

/** An adapter (LoRA, as PEFT keeps it) that was added to a model's weights when it was imported. */
export const ModelAdapter = z.object({
  folder: z.string().describe('where it lay'),
  source: HubSource.optional().describe('the repository that it was downloaded from; left out where there was none'),
  base: z.string().nullable().describe('the model that it names as its base'),
  rank: z.number().int().describe('of its matrices, where no pattern says otherwise'),
  alpha: z.number(),
  rootScale: z.boolean().describe('its scale is alpha / sqrt(rank), not alpha / rank'),
  matrices: z.number().int().describe('how many have something added'),
  replaced: z.number().int().describe('tensors that it brings whole'),
  sha256: z.string().describe('of adapter_model.safetensors'),
  notes: z.array(z.string()).describe('what a person should know of it, a sentence each'),
})
export type ModelAdapter = z.infer<typeof ModelAdapter>

/** How weights are kept on disk: f32 as they are, f16 rounded, at half the size. */
export const modelDtypes = ['f32', 'f16'] as const
export const ModelDtype = z.enum(modelDtypes)
export type ModelDtype = z.infer<typeof ModelDtype>

/** What matrices are made smaller to: whole numbers by blocks of 32, each block with a scale and a zero point. */
export const QuantisedDtype = WeightName.exclude(['f32', 'f16'])
export type QuantisedDtype = z.infer<typeof QuantisedDtype>

/** How a model's weights are kept: as they were imported, or its matrices made smaller. */
export const KeptDtype = z.enum([...modelDtypes, ...QuantisedDtype.options])
export type KeptDtype = z.infer<typeof KeptDtype>

/** The folder of an imported model in `<home>/models`. */
export const ModelName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'letters, digits, dots, dashes and underscores, at most 80')
export type ModelName = z.infer<typeof ModelName>

const bytes = z.number().min(0)

/** An imported model. */
export const ModelInfo = z.object({
  name: ModelName,
  path: z.string().describe('its folder'),
  role: ModelRole,
  architecture: z.string().describe('as its config names it: LlamaForCausalLM'),
  parameters: z.number().int(),
  dtype: KeptDtype,
  bytes: bytes.describe('of its files'),
  vocabulary: z.number().int(),
  hidden: z.number().int(),
  layers: z.number().int(),
  window: z.number().int().describe('longest input in positions'),
  source: ModelSource,
  adapter: ModelAdapter.optional().describe('merged into its weights or beside them; left out where there is none'),
  apartFrom: ModelName.optional().describe('the model whose weights it stands on, its adapter beside them'),
  licence: z.string().nullable().describe('as its card names it'),
  tokenizer: z.boolean().describe('it came with a tokenizer.json'),
  chatTemplate: z.boolean(),
  imported: z.string().describe('ISO time'),
})
export type ModelInfo = z.infer<typeof ModelInfo>

/** What a model takes and what this machine has, in bytes. */
export const ModelNeeds = z.object({
  disk: bytes.describe('of its imported files, at f32'),
  weights: bytes.describe('in memory, when it is loaded'),
  cacheEach: bytes.describe('of the KV cache, a position; 0 where the network has none'),
  cacheWindow: bytes.describe('of the KV cache at the longest input'),
  freeDisk: bytes.describe('where models are kept'),
  memory: bytes.describe('of this machine'),
  misfits: z.array(z.string()).describe('what does not fit, a sentence each'),
})
export type ModelNeeds = z.infer<typeof ModelNeeds>

/** A way to run a model, compared with the reference that lies beside it. */
export const ReferenceWay = z.object({
  way: z
    .enum(['full forward', 'prefill and steps', 'embeddings', 'cls', 'mean'])
    .describe('of an encoder: how its states are pooled'),
  maxAbsDiff: z.number().describe('largest difference of a last logit, or of a vector’s number'),
  greedyIdentical: z.boolean().nullable().describe('null where the reference has no greedy continuation'),
  greedyMatched: z.number().int().describe('how many tokens of the continuation agree, from the first'),
  nll: z.number().nullable().describe('mean NLL of the input tokens, in nats'),
})
export type ReferenceWay = z.infer<typeof ReferenceWay>

/** What a folder holds, and how far it agrees with its reference.json, where it has one. */
export const ModelCheck = z.object({
  path: z.string(),
  architecture: z.string(),
  role: ModelRole,
  parameters: z.number().int(),
  dtypes: z.array(z.string()).describe('of the tensors that are taken, as the file names them: BF16'),
  tensors: z.number().int(),
  shards: z.number().int(),
  bytes: bytes.describe('of its weight files'),
  sizes: z
    .record(z.string(), z.union([z.number(), z.string(), z.boolean()]))
    .describe("the network's sizes, in our words"),
  licence: z.string().nullable(),
  tokenizer: z.object({ tokens: z.number().int().describe('highest id + 1') }).nullable(),
  chatTemplate: z.boolean(),
  adapter: ModelAdapter.optional().describe('the one it was looked over with'),
  notes: z.array(z.string()).describe('what was passed over and why, a sentence each'),
  needs: ModelNeeds,
  /** Null, all of them, where there is no reference.json; else the largest difference of all ways, and whether all agree. */
  maxAbsDiff: z.number().nullable(),
  greedyIdentical: z.boolean().nullable(),
  nll: z.number().nullable(),
  referenceNll: z.number().nullable(),
  ways: z.array(ReferenceWay),
  asRun: z
    .object({
      maxAbsDiff: z.number(),
      greedyIdentical: z.boolean().nullable(),
      cast: z.enum(['bf16', 'f16']).describe('what the reference was found to be cast to'),
    })
    .nullable()
    .describe(
      'null where the reference is compared with what the workbench runs; else how far that is, the reference having been made by a model cast to a type of half size whole, its rotary frequencies with it, and compared under such frequencies',
    ),
})
export type ModelCheck = z.infer<typeof ModelCheck>

/** How an adapter is named: by its folder, or by its id on the Hub where no folder is called so. */
const adapterPlace = z.string().describe('folder of an adapter in the layout of PEFT, or OWNER/NAME on the Hub')
const adapterRevision = HubRevision.optional().describe(
  'of an adapter on the Hub: branch, tag or commit; main when left out',
)

/** A folder to look over, and maybe an adapter on it. */
export const CheckModel = z.object({ path: z.string(), adapter: adapterPlace.optional(), adapterRevision })
export type CheckModel = z.input<typeof CheckModel>

/** An import: nothing of it is installed until all of it is. */
export const ImportModel = z.object({
  path: z.string().describe('folder in the layout of Hugging Face'),
  adapter: adapterPlace.optional().describe('added to the weights; a folder, or OWNER/NAME on the Hub'),
  adapterRevision,
  name: ModelName.optional().describe("the folder's own name when left out"),
  dtype: ModelDtype.default('f32'),
  source: ModelSource.optional().describe('the folder itself when left out'),
})
export type ImportModel = z.input<typeof ImportModel>

/** A model and an adapter as another model: the weights are those of the first, which stay where they are. */
export const AdaptModel = z.object({
  name: ModelName.describe('a decoder that is here'),
  adapter: adapterPlace,
  adapterRevision,
  as: ModelName.describe('what the two are called together'),
})
export type AdaptModel = z.input<typeof AdaptModel>

/** One thing that must hold of an imported model. */
export const ModelProof = z.object({ about: z.string(), holds: z.boolean(), found: z.string() })
export type ModelProof = z.infer<typeof ModelProof>

export const ModelVerification = z.object({ name: ModelName, proofs: z.array(ModelProof), holds: z.boolean() })
export type ModelVerification = z.infer<typeof ModelVerification>

/** A text to go on from, as text or as token ids. */
export const AskModel = z.object({
  name: ModelName,
  prompt: z.union([z.string().min(1), z.array(z.number().int().min(0)).min(1)]),
  tokens: z.number().int().min(1).max(4096).default(64),
  temperature: z.number().min(0).default(0).describe('0 takes the likeliest token'),
  seed: z.number().int().default(7),
})
export type AskModel = z.input<typeof AskModel>

/** A continuation; `text` is empty where the model has no tokenizer that is understood. */
export const ModelAnswer = z.object({
  prompt: z.array(z.number().int()),
  ids: z.array(z.number().int()),
  text: z.string(),
  stopped: z.enum(['end', 'length']),
  prefillMs: z.number(),
  tokensPerSecond: z.number().nullable().describe('of the steps after the first token; null where there are none'),
  device: z.string().describe('what it ran on'),
  weights: WeightName.describe('how its matrices were held'),
})
export type ModelAnswer = z.infer<typeof ModelAnswer>

/** A model made smaller, and what that costs on a text. */
export const QuantiseModel = z.object({
  name: ModelName,
  weights: z.array(QuantisedDtype).min(1).default(['int8', 'int4']),
  data: z
    .string()
    .optional()
    .describe('text file that the cost is measured on; what the model writes itself when left out'),
  texts: z.number().int().min(2).max(1000).default(20).describe('stretches of it, each begun anew'),
  tokens: z.number().int().min(2).max(4096).default(128).describe('of each stretch'),
  keep: z.boolean().default(true).describe('write a model of each beside it: NAME-int8'),
  seed: z.number().int().default(7),
})
export type QuantiseModel = z.input<typeof QuantiseModel>

/** A model held so, beside itself. */
export const QuantisedModel = z.object({
  weights: WeightName,
  name: ModelName.nullable().describe('of the model that keeps them; null where none was written'),
  bytes: bytes.describe("of the decoder's weights, its table of token embeddings included"),
  logPpl: z.number().describe('mean NLL in nats a token'),
  cost: z.number().describe('logPpl less that of the model itself'),
  ci: z.tuple([z.number(), z.number()]).describe('95 % of the cost, over stretches'),
  prefillMs: z.number().describe('median over stretches'),
  n: z.number().int().describe('stretches'),
})
export type QuantisedModel = z.infer<typeof QuantisedModel>

export const QuantisedModels = z.object({
  name: ModelName,
  text: z.string().describe('what the cost was measured on'),
  rows: z.array(QuantisedModel).describe('the model itself first'),
})
export type QuantisedModels = z.infer<typeof QuantisedModels>

const named = z.object({ name: ModelName })

/** Calls on models. Faults model-unsupported, model-damaged and model-missing, each with what to do. */
export const modelsContract = {
  /**
   * Looks a folder over without importing it, and compares it with its reference.json where it has one; with an adapter, with the one
   * beside that. An adapter of the Hub is downloaded first, here and below; faults hub-offline and hub-refused.
   */
  check: base.input(CheckModel).output(eventIterator(jobEvent(z.never(), ModelCheck))),
  import: base.input(ImportModel).output(eventIterator(jobEvent(z.never(), ModelInfo))),
  /** Keeps an adapter apart, beside the weights of a model that is here. Faults model-unsupported, model-damaged, bad-input where the name is taken. */
  adapt: base.input(AdaptModel).output(eventIterator(jobEvent(z.never(), ModelInfo))),
  list: base.output(z.array(ModelInfo)),
  /** Reads every file through, compares its hash, and runs the network once. */
  verify: base.input(named).output(eventIterator(jobEvent(z.never(), ModelVerification))),
  /** Makes a model's matrices smaller and measures the cost; a partial result is one way of holding them. */
  quantise: base.input(QuantiseModel).output(eventIterator(jobEvent(QuantisedModel, QuantisedModels))),
  remove: base.input(named).output(z.void()),
  /** Lets an imported embedder go out of memory; what needs it opens it again. Fault bad-input while a job runs. */
  unload: base.input(named).output(z.object({ freedBytes: z.number() })),
  /** Goes on from a prompt with the model alone; a partial result is the text of the tokens that came since the last one. */
  ask: base.input(AskModel).output(eventIterator(jobEvent(z.string(), ModelAnswer))),
}
