/** adapter_config.json as PEFT writes it: the scale of each module, and what no sum can stand for. */
import { createContext, Script } from 'node:vm'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { unsupported } from './field.ts'
import type { Json } from './folder.ts'

/** A Python expression that a config may name modules by; a longer one is none. */
const Expression = z.string().max(1000)
const flag = z.boolean().nullish()

const Config = z.object({
  peft_type: z.string(),
  r: z.number().int().min(1).max(65_536).default(8),
  lora_alpha: z.number().default(8),
  use_rslora: flag,
  rank_pattern: z.record(Expression, z.number().int().min(1)).nullish(),
  alpha_pattern: z.record(Expression, z.number()).nullish(),
  target_modules: z.union([Expression, z.array(Expression)]).nullish(),
  fan_in_fan_out: flag,
  base_model_name_or_path: z.string().nullish(),
})

/** What an adapter's config says of its modules. */
export type AdapterConfig = {
  readonly rank: number
  readonly alpha: number
  /** alpha / sqrt(rank) in the place of alpha / rank. */
  readonly rootScale: boolean
  readonly fanInFanOut: boolean
  /** The base as the config names it. */
  readonly base: string | null
  /** The rank of a module, as its patterns have it. */
  readonly rankOf: (module: string) => number
  /** What a module's product is multiplied by. */
  readonly scaleOf: (module: string) => number
  /** True where target_modules names the module. */
  readonly targets: (module: string) => boolean
}

/** Settings under which an adapter is more than W + BA times a scale; each with what it is called. */
const beyond: readonly (readonly [name: string, what: string])[] = [
  ['use_dora', 'DoRA'],
  ['lora_bias', 'a bias of the adapter itself'],
  ['use_qalora', 'QALoRA'],
  ['use_bdlora', 'blocks of its own (BD-LoRA)'],
  ['kasa_config', 'KaSA'],
  ['monteclora_config', 'MonteCLoRA'],
  ['layer_replication', 'layers that stand several times'],
  ['target_parameters', 'adapters on bare parameters'],
  ['trainable_token_indices', 'tokens trained one by one'],
  ['alora_invocation_tokens', 'an adapter that begins at a token (aLoRA)'],
  ['arrow_config', 'adapters chosen between (Arrow)'],
  ['megatron_config', "Megatron's layers"],
]
/** How an adapter may begin and leave its base as it was. */
const plainStarts = new Set<unknown>([undefined, null, true, false, 'gaussian', 'eva', 'orthogonal'])

/** Reads a config. Faults model-unsupported, naming what cannot be merged, and model-damaged. */
export function readAdapterConfig(json: Json): AdapterConfig {
  const parsed = Config.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw damaged(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is not understood'}`)
  }
  const config = parsed.data
  if (config.peft_type !== 'LORA')
    throw unsupported(`The adapter is of the kind ${config.peft_type.slice(0, 40)}; LORA is merged.`)
  for (const [name, what] of beyond)
    if (isSet(json[name])) throw unsupported(`The adapter uses ${what} (${name}), which is not merged here.`)
  if (!plainStarts.has(json['init_lora_weights']))
    throw unsupported(
      `The adapter began as ${JSON.stringify(json['init_lora_weights']).slice(0, 40)} (init_lora_weights): such a start may change the base as well.`,
    )
  const { r: rank, lora_alpha: alpha } = config
  const [ranks, alphas] = [patternOf(config.rank_pattern), patternOf(config.alpha_pattern)]
  const rankOf = (module: string): number => ranks(module) ?? rank
  const rootScale = config.use_rslora ?? false
  return {
    rank,
    alpha,
    rootScale,
    fanInFanOut: config.fan_in_fan_out ?? false,
    base: config.base_model_name_or_path || null,
    rankOf,
    scaleOf: (module) => (alphas(module) ?? alpha) / (rootScale ? Math.sqrt(rankOf(module)) : rankOf(module)),
    targets: targetsOf(config.target_modules),
  }
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== false
}

/** The number of the first pattern that a module's path ends in. */
function patternOf(patterns: Readonly<Record<string, number>> | null | undefined) {
  const list = Object.entries(patterns ?? {}).map(
    ([key, value]) => [expression(`^(?:.*\\.)?(?:${key})$`), value] as const,
  )
  return (module: string): number | undefined => list.find(([key]) => key.test(module))?.[1]
}

function targetsOf(targets: string | readonly string[] | null | undefined): AdapterConfig['targets'] {
  if (targets === null || targets === undefined || targets === 'all-linear') return () => true
  if (typeof targets !== 'string')
    return (module) => targets.some((each) => module === each || module.endsWith(`.${each}`))
  const whole = expression(`^(?:${targets})$`)
  return (module) => whole.test(module)
}

/** So long a stranger's pattern may look at one module's path. */
const patternMs = 1000
const matches = new Script('pattern.test(module)')

/** Whether a path matches: a pattern comes with the adapter, and one can be made that never ends. */
function expression(source: string): { readonly test: (module: string) => boolean } {
  let pattern: RegExp
  try {
    pattern = new RegExp(source)
  } catch (error) {
    throw damaged(`${source.slice(0, 80)} is no regular expression that is understood`, error)
  }
  const context = createContext({ pattern, module: '' })
  return {
    test(module) {
      context['module'] = module
      try {
        return matches.runInContext(context, { timeout: patternMs }) === true
      } catch (error) {
        throw damaged(`${source.slice(0, 80)} does not come to an end on ${module.slice(0, 80)}`, error)
      }
    },
  }
}

function damaged(what: string, cause?: unknown): Fault {
  return new Fault('model-damaged', `adapter_config.json: ${what}.`, {
    remedy: 'Fetch the adapter again, or save it anew with save_pretrained.',
    cause,
  })
}
