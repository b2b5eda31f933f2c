/** What a tokenizer adds around a text: the template of its post-processor, and the tokens with a part to play. */
import * as z from 'zod'
import { fields, readStep, unsupported, type Step } from './json.ts'

/** Ids with the segment that each belongs to: 0 for the first text, 1 for the second where the model tells them apart. */
export type Framed = { readonly ids: Int32Array; readonly types: Int32Array }

/** One text, or two, between the tokens that the model expects around them. */
export type Frame = {
  readonly around: (ids: ArrayLike<number>, second?: ArrayLike<number>) => Framed
  /** Tokens added around one text. */
  readonly added: number
}

type Part =
  | { readonly ids: readonly number[]; readonly type: number }
  | { readonly text: 'A' | 'B'; readonly type: number }
type Templates = { readonly single: readonly Part[]; readonly pair: readonly Part[] }

const Item = z.union([
  z.object({ SpecialToken: z.object({ id: z.string(), type_id: z.number().int() }) }),
  z.object({ Sequence: z.object({ id: z.enum(['A', 'B']), type_id: z.number().int() }) }),
])
const Template = z.object({
  single: z.array(Item),
  pair: z.array(Item).default([]),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(z.number().int().min(0)) })),
})

const bare: Templates = {
  single: [{ text: 'A', type: 0 }],
  pair: [
    { text: 'A', type: 0 },
    { text: 'B', type: 1 },
  ],
}

/** The table; a step that adds nothing gives null. */
const templates: Readonly<Record<string, (step: Step) => Templates | null>> = {
  ByteLevel: () => null,
  TemplateProcessing: (step) => {
    const { single, pair, special_tokens: named } = readStep(Template, step)
    const partOf = (item: z.infer<typeof Item>): Part => {
      if ('Sequence' in item) return { text: item.Sequence.id, type: item.Sequence.type_id }
      const ids = named[item.SpecialToken.id]?.ids
      if (!ids) throw unsupported(`its template names ${item.SpecialToken.id}, which it does not tell`)
      return { ids, type: item.SpecialToken.type_id }
    }
    return { single: single.map(partOf), pair: pair.map(partOf) }
  },
  BertProcessing: (step) => around(step, 1, false),
  // RoBERTa knows one segment, and parts two texts by two tokens.
  RobertaProcessing: (step) => around(step, 0, true),
  Sequence: (step) => {
    const all = readStep(fields.processors, step).processors.map(templatesOf)
    return all.find((each) => each !== null) ?? null
  },
}

function around(step: Step, second: number, twice: boolean): Templates {
  const { cls, sep } = readStep(fields.around, step)
  const [first, end] = [
    { ids: [cls[1]], type: 0 },
    { ids: [sep[1]], type: 0 },
  ]
  const single: Part[] = [first, { text: 'A', type: 0 }, end]
  return { single, pair: [...single, ...(twice ? [end] : []), { text: 'B', type: second }, { ...end, type: second }] }
}

function templatesOf(step: Step): Templates | null {
  const open = templates[step.type]
  if (!open) throw unsupported(`its post-processor ${step.type} is not known`)
  return open(step)
}

/** The frame of a post-processor; nothing is added where there is none. */
export function openFrame(step: Step | null | undefined): Frame {
  const { single, pair } = (step ? templatesOf(step) : null) ?? bare
  return {
    added: single.reduce((sum, each) => sum + ('ids' in each ? each.ids.length : 0), 0),
    around: (ids, second) => {
      const parts = (second === undefined ? single : pair).map((each) => ({
        ids: 'ids' in each ? each.ids : each.text === 'A' ? ids : (second ?? []),
        type: each.type,
      }))
      const length = parts.reduce((sum, each) => sum + each.ids.length, 0)
      const framed = { ids: new Int32Array(length), types: new Int32Array(length) }
      let at = 0
      for (const each of parts) {
        framed.ids.set(each.ids, at)
        framed.types.fill(each.type, at, at + each.ids.length)
        at += each.ids.length
      }
      return framed
    },
  }
}

/** Tokens with a part to play, as tokenizer_config.json or special_tokens_map.json names them. */
export const roles = ['bos', 'eos', 'pad', 'unk', 'cls', 'sep', 'mask'] as const
export type Role = (typeof roles)[number]

const Named = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish()
const Roles = z.looseObject(Object.fromEntries(roles.map((role) => [`${role}_token`, Named])))

/** Ids of those tokens that a parsed tokenizer_config.json names and the tokenizer has. */
export function roleIds(
  config: unknown,
  find: (token: string) => number | null,
): Partial<Readonly<Record<Role, number>>> {
  const named = Roles.safeParse(config).data ?? {}
  return Object.fromEntries(
    roles.flatMap((role) => {
      const name = Named.safeParse(named[`${role}_token`]).data
      const id = name ? find(typeof name === 'string' ? name : name.content) : null
      return id === null ? [] : [[role, id]]
    }),
  )
}
