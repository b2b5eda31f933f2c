/** A measured value against the share of chunks expanded: the picture that qualities and times of several p have in common. */
import { colourAt, neutralColour, type Line, type Panel } from '../../../../shared/picture.ts'
import { ascending, distinct, pointOf, text, type Row } from './records.ts'

/** More lines than this do not fit one panel: each k then has its own. */
const mostLines = 6

/** What is drawn upward: a column and that of its interval. */
export type Judged = {
  readonly title: string
  readonly y: string
  readonly interval: string
  readonly scale?: 'log' | 'linear'
}
/** A value that others are compared with. */
export type Level = { readonly name: string; readonly y: number }

/** A quality against p: a line for each k and policy, and what it is compared with as level lines. */
export function againstP(rows: readonly Row[], judged: Judged, levels: readonly Level[]): readonly Panel[] {
  const ps = ascending(distinct(rows, 'p'))
  if (ps.length < 2) return []
  const ks = ascending(distinct(rows, 'k'))
  // At p = 0 nothing is chosen: its row stands for every policy of its k.
  const policies = [...new Set(rows.filter((row) => row['p'] !== 0).map((row) => text(row['policy'])))]
  const lineOf = (k: number, policy: string, name: string, at: number): Line => ({
    name,
    colour: colourAt(at),
    kind: 'measured',
    points: rows
      .filter((row) => row['k'] === k && (row['p'] === 0 || text(row['policy']) === policy))
      .flatMap((row) => pointOf(row, 'p', judged.y, judged.interval))
      .toSorted((a, b) => a.x - b.x),
  })
  const flat = levels.map(({ name, y }): Line => ({
    name,
    colour: neutralColour,
    kind: 'model',
    points: [ps[0] as number, ps.at(-1) as number].map((x) => ({ x, y })),
  }))
  const scales = { x: 'linear', y: judged.scale ?? 'linear' } as const
  if (ks.length * policies.length <= mostLines) {
    const lines = ks.flatMap((k) => policies.map((policy) => ({ k, policy })))
    const named = lines.map(({ k, policy }, at) =>
      lineOf(k, policy, policies.length > 1 ? `k ${k} ${policy}` : `k ${k}`, at),
    )
    return [{ title: judged.title, x: 'p, fraction of chunks expanded', lines: [...named, ...flat], scales }]
  }
  return ks.map((k) => ({
    title: `${judged.title}, k ${k}`,
    x: 'p, fraction of chunks expanded',
    lines: [...policies.map((policy, at) => lineOf(k, policy, policy, at)), ...flat],
    scales,
  }))
}
