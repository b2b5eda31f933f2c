/** The settings of plans side by side, in words. */
import type { Plan } from './plan.ts'

export type PlanRow = { readonly field: string; readonly values: readonly string[]; readonly differs: boolean }

const listed = (indexes: readonly number[]): string => (indexes.length === 0 ? 'none' : indexes.join(', '))

const fields: readonly (readonly [field: string, of: (plan: Plan) => string])[] = [
  ['question', (plan) => plan.question],
  ['gold answer', (plan) => plan.target ?? 'none'],
  ['index', (plan) => plan.index],
  ['passages', (plan) => String(plan.passages)],
  ['k', (plan) => String(plan.k)],
  ['p', (plan) => String(plan.p)],
  ['policy', (plan) => plan.policy],
  ['expanded by hand', (plan) => listed(plan.forced.expand)],
  ['compressed by hand', (plan) => listed(plan.forced.compress)],
  ['seed', (plan) => String(plan.seed)],
  ['max tokens', (plan) => String(plan.maxTokens)],
  ['temperature', (plan) => String(plan.temperature)],
  ['top p', (plan) => String(plan.topP)],
  ['top k', (plan) => String(plan.topK)],
  ['answer begins', ({ prefix = [] }) => (typeof prefix === 'string' ? prefix : prefix.join(' ')) || 'freely'],
  ['decoder', (plan) => plan.decoder ?? 'the bundle’s own'],
]

/** A row for every setting, with whether the plans differ in it. */
export function planRows(plans: readonly Plan[]): readonly PlanRow[] {
  return fields.map(([field, of]) => {
    const values = plans.map(of)
    return { field, values, differs: values.some((value) => value !== values[0]) }
  })
}

/** Whether plans ask the same of the same documents: else figures of quality do not compare. */
export function sameCase(plans: readonly Plan[]): boolean {
  return planRows(plans)
    .slice(0, 3)
    .every(({ differs }) => !differs)
}
