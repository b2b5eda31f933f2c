/** Command lines that do what the page did, or what comes after it. */
import type { AnswerPrefix, Plan } from './plan.ts'
import type { SpeedInput } from './speed.ts'

/** What of a plan stands in the command; an empty target means that there is none. */
type Asked = Omit<Plan, 'topP' | 'topK' | 'target' | 'forced' | 'prefix' | 'decoder'> & {
  readonly target?: string | undefined
  readonly prefix?: AnswerPrefix | null | undefined
  readonly decoder?: string | null | undefined
  readonly forced: { readonly expand: readonly number[]; readonly compress: readonly number[] }
}

/** The plan as one `refrag ask` command for a POSIX shell; `bundle` is the folder of one that is not the usual. */
export function toCommand(draft: Asked, bundle?: string): string {
  const parts = ['npm run refrag --', 'ask', quote(draft.question), '--index', quote(draft.index)]
  parts.push('--passages', String(draft.passages), '--k', String(draft.k), '--p', String(draft.p))
  parts.push('--policy', draft.policy, '--seed', String(draft.seed), '--max-tokens', String(draft.maxTokens))
  if (draft.temperature > 0) parts.push('--temperature', String(draft.temperature))
  if (draft.forced.expand.length > 0) parts.push('--expand', draft.forced.expand.join())
  if (draft.forced.compress.length > 0) parts.push('--compress', draft.forced.compress.join())
  const prefix = draft.prefix ?? ''
  if (prefix.length > 0) {
    parts.push(...(typeof prefix === 'string' ? ['--prefix', quote(prefix)] : ['--prefix-ids', prefix.join()]))
  }
  if (draft.decoder) parts.push('--decoder', quote(draft.decoder))
  const target = draft.target?.trim() ?? ''
  if (target !== '') parts.push('--target', quote(target))
  if (bundle !== undefined) parts.push('--bundle', quote(bundle))
  return [...parts, '--json'].join(' ')
}

/** The command that opens the workbench of `home` with the bundle in `folder`. */
export function toServe(folder: string, home?: string): string {
  const parts = ['npm run refrag --', 'serve', '--open', '--bundle', quote(folder)]
  return (home === undefined ? parts : [...parts, '--home', quote(home)]).join(' ')
}

/** The command that times a model or a bundle the way the page did. */
export function toBench(
  { target, prompt, tokens, repeats, device, weights, threads }: SpeedInput,
  home?: string,
): string {
  const parts = ['npm run refrag --', 'models', 'bench', quote(target.kind === 'model' ? target.name : target.folder)]
  const flags = { prompt, tokens, repeats, device, weights, threads }
  for (const [name, value] of Object.entries(flags)) if (value !== undefined) parts.push(`--${name}`, String(value))
  return (home === undefined ? parts : [...parts, '--home', quote(home)]).join(' ')
}

function quote(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
