/** What a comparison comes to: every measure of every run, with its interval and how it differs from the baseline's. */
import type { Comparison, Delta, Figure, FigureCell } from '../../../../shared/comparison.ts'
import { quantile } from '../../../../shared/quantiles.ts'
import { random } from '../../../../shared/random.ts'
import type { Run, Timings } from '../../../../shared/run.ts'
import { mean, meanInterval, median, pairedBootstrap, quartiles } from '../../measure/statistics.ts'

/** Fewer rounds, or tokens, than this have no interval: a bootstrap of three values takes the least of them for a bound. */
const least = 5
const seed = 7
const samples = 2000

type Meaning = Pick<Figure, 'name' | 'label' | 'unit' | 'better'>

/** The figures in the order in which they are read: times, then quality, then counts. */
export function figuresOf(comparison: Comparison, runs: readonly Run[]): Figure[] {
  const baseline = runs.find(({ id }) => id === comparison.baseline) ?? runs[0]
  if (baseline === undefined) return []
  const draws = drawRounds(comparison.rounds.length)
  const scored = comparison.scores?.texts ?? []
  const gold = scored.findIndex(({ of }) => of === null)
  const answer = scored.findIndex(({ of }) => of === baseline.id)
  return [
    timeFigure({ name: 'ttft', label: 'TTFT', unit: 'ms', better: 'lower' }, ({ ttftMs }) => ttftMs),
    timeFigure({ name: 'ttit', label: 'TTIT', unit: 'ms', better: 'lower' }, ({ ttitMs }) => ttitMs),
    timeFigure({ name: 'total', label: 'whole answer', unit: 'ms', better: 'lower' }, ({ totalMs }) => totalMs),
    gold === -1
      ? countFigure(
          { name: 'gold', label: 'log-perplexity of the gold answer', unit: 'nats', better: 'lower' },
          ({ quality }) => quality.logPerplexity,
        )
      : scoreFigure({ name: 'gold', label: 'log-perplexity of the gold answer', unit: 'nats', better: 'lower' }, gold),
    ...(answer === -1
      ? []
      : [
          scoreFigure(
            { name: 'answer', label: 'log-perplexity of the baseline’s answer', unit: 'nats', better: 'lower' },
            answer,
          ),
        ]),
    countFigure({ name: 'em', label: 'exact match', unit: null, better: 'higher' }, ({ quality }) =>
      quality.exactMatch === null ? null : Number(quality.exactMatch),
    ),
    countFigure({ name: 'f1', label: 'F1', unit: null, better: 'higher' }, ({ quality }) => quality.f1),
    countFigure(
      { name: 'expanded', label: 'chunks expanded', unit: null, better: null },
      ({ counts }) => counts.expanded,
    ),
    countFigure(
      { name: 'positions', label: 'positions in the prefill', unit: null, better: 'lower' },
      ({ counts }) => counts.positions,
    ),
    countFigure(
      { name: 'rate', label: 'context tokens a position', unit: null, better: null },
      ({ counts }) => counts.rate,
    ),
  ].filter(({ cells }) => cells.some(({ value }) => value !== null))

  /** Of the rounds where there are any, else of the one run each. */
  function timeFigure(meaning: Meaning, of: (timings: Timings) => number | null): Figure {
    if (comparison.rounds.length === 0)
      return { ...countFigure(meaning, ({ timings }) => of(timings), 'ratio'), of: 'run' }
    const times = new Map(runs.map(({ id }) => [id, timesOf(comparison, id, of)]))
    const medians = new Map([...times].map(([id, own]) => [id, own && mediansOf(own, draws)]))
    const [base, underBase] = [times.get(baseline?.id ?? '') ?? null, medians.get(baseline?.id ?? '') ?? []]
    const cells = runs.map(({ id }): FigureCell => {
      const [own, under] = [times.get(id) ?? null, medians.get(id) ?? []]
      if (own === null) return blank(id)
      return {
        run: id,
        value: median(own),
        n: own.length,
        interval: intervalOf(under),
        quartiles: quartiles(own),
        delta: id === baseline?.id || base === null ? null : ratioOf(own, base, { under, underBase }),
      }
    })
    return { ...meaning, of: 'rounds', cells }
  }

  /** Mean NLL a token of one text, the same tokens under every plan: differences are taken token by token. */
  function scoreFigure(meaning: Meaning, text: number): Figure {
    const losses = (id: string): readonly number[] | null => {
      const row = comparison.scores?.rows.find((each) => each.run === id && each.text === text)
      return row === undefined || row.logProbs.length === 0 ? null : row.logProbs.map((logProb) => -logProb)
    }
    const base = losses(baseline?.id ?? '')
    const cells = runs.map(({ id }): FigureCell => {
      const own = losses(id)
      if (own === null) return blank(id)
      const enough = own.length >= least
      return {
        run: id,
        value: mean(own),
        n: own.length,
        interval: enough ? meanInterval(own, { random: random(seed) }) : null,
        quartiles: null,
        delta: id === baseline?.id || base === null ? null : differenceOf(own, base, enough),
      }
    })
    return { ...meaning, of: 'tokens', cells }
  }

  function countFigure(meaning: Meaning, of: (run: Run) => number | null, kind: Delta['kind'] = 'difference'): Figure {
    const base = baseline === undefined ? null : of(baseline)
    const cells = runs.map((run): FigureCell => {
      const value = of(run)
      const comparable = value !== null && base !== null && run !== baseline && (kind === 'difference' || base > 0)
      const delta = comparable
        ? { kind, value: kind === 'ratio' ? value / base : value - base, interval: null, noise: null }
        : null
      return { ...blank(run.id), value, delta }
    })
    return { ...meaning, of: 'run', cells }
  }
}

const blank = (run: string): FigureCell => ({ run, value: null, n: null, interval: null, quartiles: null, delta: null })

/** A run's times, round by round; null where one of them has none. */
function timesOf(
  { rounds }: Comparison,
  run: string,
  of: (timings: Timings) => number | null,
): readonly number[] | null {
  const times = rounds.map(({ asks }) => {
    const ask = asks.find((each) => each.run === run)
    return ask === undefined ? null : of(ask.timings)
  })
  const known = times.filter((time) => time !== null)
  return known.length === times.length ? known : null
}

/**
 * How often each round is drawn, draw by draw. One draw serves every time of every run: a ratio of two medians moves with both, so that a
 * slow minute weighs on neither alone. None where there are too few rounds.
 */
function drawRounds(count: number): readonly Uint16Array[] {
  if (count < least) return []
  const from = random(seed)
  return Array.from({ length: samples }, () => {
    const often = new Uint16Array(count)
    for (let drawn = 0; drawn < count; drawn++) {
      const at = from.int(0, count - 1)
      often[at] = (often[at] ?? 0) + 1
    }
    return often
  })
}

/** The median of `values` under each draw, by one walk in their order. */
function mediansOf(values: readonly number[], draws: readonly Uint16Array[]): readonly number[] {
  const order = values.map((_, at) => at).toSorted((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const [below, above] = [Math.floor((values.length - 1) / 2), Math.ceil((values.length - 1) / 2)]
  return draws.map((often) => {
    let seen = 0
    let low: number | null = null
    for (const at of order) {
      seen += often[at] ?? 0
      if (low === null && seen > below) low = values[at] ?? 0
      if (low !== null && seen > above) return (low + (values[at] ?? 0)) / 2
    }
    throw new Error('internal: a draw of no rounds')
  })
}

function intervalOf(found: readonly number[]): [number, number] | null {
  return found.length === 0 ? null : [quantile(found, 0.025), quantile(found, 0.975)]
}

/** Ratio of medians, with its interval over the same draws of both. */
function ratioOf(
  own: readonly number[],
  base: readonly number[],
  { under, underBase }: { readonly under: readonly number[]; readonly underBase: readonly number[] },
): Delta {
  const interval = intervalOf(under.map((value, draw) => value / (underBase[draw] ?? 0)))
  return { kind: 'ratio', value: median(own) / median(base), interval, noise: interval && holds(interval, 1) }
}

function differenceOf(own: readonly number[], base: readonly number[], enough: boolean): Delta {
  const found = pairedBootstrap(own, base, { random: random(seed) })
  const interval: [number, number] | null = enough ? [found.low, found.high] : null
  return { kind: 'difference', value: found.difference, interval, noise: interval && holds(interval, 0) }
}

const holds = ([low, high]: readonly [number, number], neutral: number): boolean => low <= neutral && neutral <= high
