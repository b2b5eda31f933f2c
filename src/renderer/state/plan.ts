/** The plan being edited: its fields, the chunks forced by hand, undo and redo over both. */
import { createStore } from 'zustand/vanilla'
import type { Place } from '../../shared/place.ts'
import type { AnswerPrefix, Plan, PlanInput, PolicyName } from '../../shared/plan.ts'
import { begin, commit, jump, redo, seal, undo, type History } from './history.ts'
import { keep, recall } from './memory.ts'
import { mayWrite } from './sessionNow.ts'
import { changeName } from './stepNames.ts'

/** Chunks forced by hand, by chunk index, each list ascending. */
export type ForcedChunks = { readonly expand: readonly number[]; readonly compress: readonly number[] }

/** A plan on the page; an empty `target` means that no gold answer is given. */
export type Draft = {
  readonly question: string
  readonly target: string
  readonly index: string
  readonly passages: number
  readonly k: number
  readonly p: number
  readonly policy: PolicyName
  readonly seed: number
  readonly maxTokens: number
  readonly temperature: number
  readonly forced: ForcedChunks
  /** How the answer is forced to begin; null where it begins freely. */
  readonly prefix: AnswerPrefix | null
  /** Chunks that bulk actions and the keeping of p leave alone: of the page, never of a run. */
  readonly locked: readonly number[]
  /** Text marked to be found again, whatever k cuts it into: of the page, never of a run. */
  readonly pins: readonly Place[]
}
/** What decides a run. */
export type Setting = Exclude<keyof Draft, 'locked' | 'pins'>
export type DraftField = Exclude<Setting, 'forced' | 'prefix'>
/** What a person asks of one chunk; `policy` withdraws the hand. */
export type Force = 'expand' | 'compress' | 'policy'

const nothing: ForcedChunks = { expand: [], compress: [] }

export const firstDraft: Draft = {
  question: '',
  target: '',
  index: '',
  passages: 4,
  k: 8,
  p: 0.25,
  policy: 'learned',
  seed: 7,
  maxTokens: 32,
  temperature: 0,
  forced: nothing,
  prefix: null,
  locked: [],
  pins: [],
}

/** What goes with the chunks, and with the case, that it was said of. */
const ofChunks = { forced: nothing, locked: [] } as const
const ofCase = { ...ofChunks, pins: [], prefix: null } as const

/** What each field is called where a person reads it. */
export const fieldNames: Readonly<Record<Setting, string>> = {
  question: 'question',
  target: 'gold answer',
  index: 'index',
  passages: 'passages',
  k: 'k',
  p: 'p',
  policy: 'policy',
  seed: 'seed',
  maxTokens: 'max tokens',
  temperature: 'temperature',
  forced: 'chunks forced by hand',
  prefix: 'beginning of the answer',
}

/** Fields that decide which chunk carries which index: a change drops what was forced by hand. */
const chunking: readonly Setting[] = ['question', 'index', 'passages', 'k']

/** True when both plans cut the same chunks, so that an index means the same chunk in both. */
export function sameChunks(a: Draft, b: Draft): boolean {
  return chunking.every((field) => a[field] === b[field])
}

/** True when both ask the same of the same documents, so that a passage of one is a passage of the other. */
export function sameCase(a: Draft, b: Draft): boolean {
  return a.question === b.question && a.index === b.index
}

/** The fields in which two plans differ: what makes a shown run stale. */
export function differences(a: Draft, b: Draft): readonly Setting[] {
  const fields: readonly Setting[] = [...chunking, 'p', 'policy', 'seed', 'maxTokens', 'temperature', 'target']
  const own = fields.filter((field) => a[field] !== b[field])
  const changed: readonly Setting[] = samePrefix(a.prefix, b.prefix) ? own : [...own, 'prefix']
  // Where other chunks are cut, what was forced is gone with them: it need not be told apart.
  return sameForced(a.forced, b.forced) || !sameChunks(a, b) ? changed : [...changed, 'forced']
}

const samePrefix = (a: Draft['prefix'], b: Draft['prefix']): boolean => JSON.stringify(a) === JSON.stringify(b)

/** True when the same chunks are forced the same way. */
export function sameForced(a: ForcedChunks, b: ForcedChunks): boolean {
  return a.expand.join() === b.expand.join() && a.compress.join() === b.compress.join()
}

/** The forced lists after `force` on the chunk `index`. */
export function force(forced: ForcedChunks, index: number, wish: Force): ForcedChunks {
  const without = (list: readonly number[]) => list.filter((other) => other !== index)
  const having = (list: readonly number[]) => [...without(list), index].toSorted((a, b) => a - b)
  return {
    expand: wish === 'expand' ? having(forced.expand) : without(forced.expand),
    compress: wish === 'compress' ? having(forced.compress) : without(forced.compress),
  }
}

/** What is forced on a chunk; null where the policy decides. */
export function forcedOn(forced: ForcedChunks, index: number): 'expand' | 'compress' | null {
  if (forced.expand.includes(index)) return 'expand'
  return forced.compress.includes(index) ? 'compress' : null
}

/** The next wish of a toggle: first against the policy, then with it but by hand, then the policy's own again. */
export function nextForce(chosen: boolean, now: 'expand' | 'compress' | null): Force {
  if (now === null) return chosen ? 'compress' : 'expand'
  return (now === 'expand') === chosen ? 'policy' : chosen ? 'expand' : 'compress'
}

/** The plan as the contract takes it. */
export function toPlan(draft: Draft): PlanInput {
  const { target, forced, prefix, locked: _locked, pins: _pins, ...rest } = draft
  const branch = prefix === null ? {} : { prefix: typeof prefix === 'string' ? prefix : [...prefix] }
  const plan = { ...rest, ...branch, forced: { expand: [...forced.expand], compress: [...forced.compress] } }
  return target.trim() === '' ? plan : { ...plan, target: target.trim() }
}

/** A run's plan as one that can be edited. */
export function draftOf({ target = '', prefix, topP: _topP, topK: _topK, ...fields }: Plan): Draft {
  return { ...fields, target, prefix: prefix ?? null, locked: [], pins: [] }
}

export const plan = createStore<History<Draft>>()(() =>
  begin({ ...firstDraft, ...recall<Partial<Draft>>('plan', {}), ...ofCase }),
)

plan.subscribe((history) => keep('plan', history.present))

/** Changes the plan by hand: not in a window that only looks. */
export function edit(change: (history: History<Draft>) => History<Draft>): void {
  if (mayWrite()) plan.setState(change)
}

let replacing = false

/** Puts another history in the place of this one: no hand toggled anything. */
export function replacePlan({ past, present, future }: Omit<History<Draft>, 'open'>): void {
  replacing = true
  plan.setState({ past, present, future, open: null }, true)
  replacing = false
}

/** True while the plan is put in place whole, and not changed by hand. */
export function isReplacing(): boolean {
  return replacing
}

/** Sets one field as a step; edits of the same field join until `settle`. */
export function setField<F extends DraftField>(field: F, value: Draft[F]): void {
  edit((history) => {
    const before = history.present
    if (before[field] === value) return history
    // An answer that was begun is begun of one question of one index.
    const dropped = field === 'question' || field === 'index' ? ofCase : chunking.includes(field) ? ofChunks : {}
    const next: Draft = { ...before, ...dropped, [field]: value }
    const first = history.open === field ? (history.past.at(-1)?.value ?? before) : before
    return commit(history, changeName(fieldNames[field], first[field], value), next, field)
  })
}

/** Sets the question, and the gold answer that goes with it; one stretch of typing is one step. */
export function setQuestion(question: string, target: string): void {
  edit((history) => {
    const before = history.present
    if (before.question === question && before.target === target) return history
    return commit(history, `Change ${fieldNames.question}`, { ...before, question, target, ...ofCase }, 'question')
  })
}

/** Takes a question, its gold answer and its index, and a plan for them, in one step. */
export function setCase(name: string, fields: Partial<Pick<Draft, DraftField>>): void {
  edit((history) => commit(history, name, { ...history.present, ...fields, ...ofCase }))
}

/** Does to each chunk what `wishes` asks of it, as one step of that name; nothing where it stands so already. */
export function forceEach(wishes: ReadonlyMap<number, Force>, name: string): void {
  edit((history) => {
    const before = history.present.forced
    const listOf = (wish: Exclude<Force, 'policy'>): readonly number[] => {
      const kept = before[wish].filter((index) => !wishes.has(index))
      const added = [...wishes].flatMap(([index, asked]) => (asked === wish ? [index] : []))
      return [...kept, ...added].toSorted((a, b) => a - b)
    }
    const forced = { expand: listOf('expand'), compress: listOf('compress') }
    return sameForced(forced, before) ? history : commit(history, name, { ...history.present, forced })
  })
}

/** Locks exactly these chunks, or pins exactly this text. */
export function setMarked<F extends 'locked' | 'pins'>(field: F, value: Draft[F], name: string): void {
  edit((history) => commit(history, name, { ...history.present, [field]: value }))
}

/** Has the answer begin so, or freely, as one step. */
export function setPrefix(prefix: Draft['prefix'], name: string): void {
  edit((history) => commit(history, name, { ...history.present, prefix }))
}

/** Ends a stretch of edits: what follows is a new step. */
export function settle(): void {
  plan.setState(seal)
}

/** One step back; answers its name, or null when there is none. */
export function undoStep(): string | null {
  const name = plan.getState().past.at(-1)?.name ?? null
  edit(undo)
  return name
}

/** One step forward; answers its name, or null when there is none. */
export function redoStep(): string | null {
  const name = plan.getState().future[0]?.name ?? null
  edit(redo)
  return name
}

/** Goes to a step of the history: so many back (below 0) or on. */
export function jumpBy(by: number): void {
  edit((history) => jump(history, by))
}

/** Takes a whole plan as one step. */
export function takePlan(name: string, draft: Draft): void {
  edit((history) => commit(history, name, draft))
}
