/** Pictures of tables: what a table of a measurement shows best, drawn from nothing but its rows. */
import { colourAt, drawPanels, neutralColour, type Line, type Panel, type Point } from '../../../../shared/picture.ts'
import type { Table } from '../../../../shared/table.ts'
import { againstP, type Level } from './againstP.ts'
import { ascending, distinct, number, pointOf, recordsOf, text, type Row } from './records.ts'

export type Figure = { readonly caption: string; readonly svg: string }
type Drawer = { readonly caption: string; readonly panels: (rows: readonly Row[]) => readonly Panel[] }

const linear = { x: 'linear', y: 'linear' } as const

/** `bench ttft`: times faster against the context beside the paper, and the milliseconds themselves. */
function ttftPanels(rows: readonly Row[]): readonly Panel[] {
  const p = Math.min(...ascending(distinct(rows, 'p')))
  const own = rows.filter((row) => row['p'] === p)
  const ks = ascending(distinct(own, 'k'))
  const of = (cached: boolean, k: number): readonly Row[] =>
    own.filter((row) => row['k'] === k && row['cached'] === cached)
  const points = (at: readonly Row[], y: string, interval?: string): readonly Point[] =>
    at.flatMap((row) => pointOf(row, 'context', y, interval))
  const faster = (cached: boolean): Panel => ({
    title: `times faster, ${cached ? 'embeddings cached' : 'all chunks encoded anew'}, p ${p}`,
    x: 'context tokens',
    lines: ks.flatMap((k, at): Line[] => [
      { name: `k ${k}`, colour: colourAt(at), kind: 'measured', points: points(of(cached, k), 'speedup') },
      { name: `paper k ${k}`, colour: colourAt(at), kind: 'paper', points: points(of(cached, k), 'paper') },
    ]),
  })
  const first = new Map(own.map((row) => [row['context'], row]))
  const cached = own.some((row) => row['cached'] === true)
  const times: Panel = {
    title: `TTFT, ms, ${cached ? 'embeddings cached' : 'all chunks encoded anew'}, p ${p}`,
    x: 'context tokens',
    lines: [
      {
        name: 'full',
        colour: neutralColour,
        kind: 'measured',
        points: points([...first.values()], 'full_ms', 'full_quartiles'),
      },
      ...ks.map((k, at): Line => ({
        name: `k ${k}`,
        colour: colourAt(at),
        kind: 'measured',
        points: points(of(cached, k), 'refrag_ms', 'refrag_quartiles'),
      })),
    ],
  }
  return [faster(true), faster(false), times]
}

/** `eval ppl`: log-perplexity against p for each set of texts, between no context and all of it. */
function pplPanels(rows: readonly Row[]): readonly Panel[] {
  return distinct(rows, 'set').flatMap((set) => {
    const own = rows.filter((row) => row['set'] === set)
    const levels = ['none', 'full', 'matched'].flatMap((condition) => {
      const y = number(own.find((row) => row['condition'] === condition)?.['log_ppl'])
      return y === null ? [] : [{ name: condition === 'none' ? 'no context' : condition, y }]
    })
    const judged = { title: `nats/token, ${text(set)}, lower is better`, y: 'log_ppl', interval: 'ci' }
    return againstP(
      own.filter((row) => row['condition'] === 'refrag'),
      judged,
      levels,
    )
  })
}

/** `eval qa`: exact match against p, and against the time to the first token. */
function qaPanels(rows: readonly Row[]): readonly Panel[] {
  const cases = Map.groupBy(rows, (row) => `${text(row['retriever'])} retriever, ${text(row['passages'])} passages`)
  return [...cases].flatMap(([name, own]): Panel[] => {
    const full = own.filter((row) => row['policy'] === 'all')
    const em = number(full[0]?.['em'])
    const compressed = own.filter((row) => row['policy'] !== 'all')
    const judged = { title: `exact match, ${name}`, y: 'em', interval: 'em_ci' }
    const panels = againstP(compressed, judged, em === null ? [] : [{ name: 'full', y: em }])
    if (panels.length === 0) return []
    const ks = ascending(distinct(compressed, 'k'))
    const lines = ks.map((k, at): Line => ({
      name: `k ${k}`,
      colour: colourAt(at),
      kind: 'points',
      points: compressed.filter((row) => row['k'] === k).flatMap((row) => pointOf(row, 'ttft', 'em', 'em_ci')),
    }))
    const fullPoints = full.slice(0, 1).flatMap((row) => pointOf(row, 'ttft', 'em', 'em_ci'))
    const against: Panel = {
      title: `exact match against TTFT, ${name}`,
      x: 'TTFT, ms',
      lines: [...lines, { name: 'full', colour: neutralColour, kind: 'points', points: fullPoints }],
      scales: linear,
    }
    return [...panels, against]
  })
}

/** A sweep: TTFT and exact match against p, and one against the other with the front joined. */
function sweepPanels(rows: readonly Row[]): readonly Panel[] {
  const done = rows.filter((row) => row['state'] === 'done')
  const full = done.find((row) => row['policy'] === 'all')
  const cells = done.filter((row) => row['policy'] !== 'all')
  const level = (key: string): readonly Level[] => {
    const y = number(full?.[key])
    return y === null ? [] : [{ name: 'full', y }]
  }
  const times = { title: 'TTFT, ms, lower is better', y: 'ttft_ms', interval: 'ttft_quartiles', scale: 'log' } as const
  const quality = { title: 'exact match, higher is better', y: 'em', interval: 'none' }
  const point = (row: Row): readonly Point[] => pointOf(row, 'ttft_ms', 'em')
  const front = done.filter((row) => row['front'] === true).flatMap(point)
  const others: Line[] = ascending(distinct(cells, 'k')).map((k, at) => ({
    name: `k ${k}`,
    colour: colourAt(at),
    kind: 'points',
    points: cells.filter((row) => row['k'] === k).flatMap(point),
  }))
  const pareto: Panel = {
    title: 'exact match against TTFT, front dotted',
    x: 'TTFT, ms',
    lines: [
      ...others,
      { name: 'full', colour: neutralColour, kind: 'points', points: full === undefined ? [] : point(full) },
      { name: '', colour: neutralColour, kind: 'model', points: front.toSorted((a, b) => a.x - b.x) },
    ],
    scales: linear,
  }
  return [...againstP(cells, times, level('ttft_ms')), ...againstP(cells, quality, level('em')), pareto]
}

/** What is drawn, by the names of tables. */
const drawers: Readonly<Record<string, Drawer>> = {
  ttft: {
    caption: 'Time to first token: medians, quartiles as whiskers; dashed and hollow the paper (7B, A100).',
    panels: ttftPanels,
  },
  ppl: { caption: 'Log-perplexity with intervals of 95 %; dotted what it is compared with.', panels: pplPanels },
  qa: { caption: 'Question answering with intervals of 95 %; dotted full context.', panels: qaPanels },
  sweep: { caption: 'The sweep: each cell a point.', panels: sweepPanels },
}

/** The pictures of those tables that have one, for a page that brings the styles. */
export function figuresOf(tables: readonly Table[]): readonly Figure[] {
  return tables.flatMap((table, at): Figure[] => {
    const drawer = drawers[table.name]
    if (!drawer) return []
    const svg = drawPanels(drawer.panels(recordsOf(table)), [], 'page')
    return svg === '' ? [] : [{ caption: `Table ${at + 1}. ${drawer.caption}`, svg }]
  })
}
