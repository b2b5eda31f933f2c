/** The paper's statements in one table: its figure, what speaks for it here, and where that is looked up. */
import type { AblationResult } from '../../../../shared/ablation.ts'
import type { TtftRow } from '../../../../shared/bench.ts'
import type { Claim, ClaimTrial, MeasurementName } from '../../../../shared/claims.ts'
import type { PplPair } from '../../../../shared/evaluate.ts'
import type { Found } from './kept.ts'
import { ratioOfMedians, together, trial } from './verdict.ts'

type Statement<Source extends MeasurementName = MeasurementName> = {
  readonly [Name in Source]: Omit<Claim, 'trials' | 'verdict' | 'source'> & {
    readonly source: Name
    readonly trials: (found: Found[Name], seed: number) => readonly Omit<ClaimTrial, 'verdict'>[]
  }
}[Source]

const fastest = 'TTFT of the one over that of the other'
const cheaper = 'nats a token saved'

/** Rows with chunk embeddings at hand and nothing expanded, of the longest context first. */
function cachedRows({ rows }: Found['ttft']): readonly TtftRow[] {
  return rows.filter(({ cached, p }) => cached && p === 0).toSorted((a, b) => b.context - a.context)
}

/** What is said beside a trial of rows that something disturbed while they were timed. */
const noted = (...rows: readonly TtftRow[]): string =>
  rows.some(({ disturbed }) => disturbed.length > 0) ? ' (disturbed)' : ''

/** The speed-up at the longest context over that at the shortest, for each k. */
function growth(found: Found['ttft'], seed: number) {
  const rows = cachedRows(found)
  return [...new Set(rows.map(({ k }) => k))].flatMap((k) => {
    const own = rows.filter((row) => row.k === k)
    const [long, short] = [own[0], own.at(-1)]
    if (!long || !short || long.context === short.context) return []
    const speedups = (row: TtftRow): number[] =>
      row.fullSamples.map((full, i) => full / (row.refragSamples[i] ?? Number.NaN))
    return [
      {
        at: `k ${k}, ${long.context} over ${short.context} tokens${noted(long, short)}`,
        ...ratioOfMedians(speedups(long), speedups(short), seed),
      },
    ]
  })
}

/** TTFT of one k over that of the next, at the longest context. */
function byK(found: Found['ttft'], seed: number) {
  const rows = cachedRows(found)
  const own = rows.filter((row) => row.context === rows[0]?.context).toSorted((a, b) => a.k - b.k)
  return own.slice(1).map((coarse, i) => {
    const fine = own[i] as TtftRow
    const at = `k ${coarse.k} against ${fine.k}, ${fine.context} tokens${noted(coarse, fine)}`
    return { at, ...ratioOfMedians(fine.refragSamples, coarse.refragSamples, seed) }
  })
}

const whereOf = ({ set, k, p, policy }: PplPair): string =>
  [set, k === null ? null : `k ${k}`, p === null ? null : `p ${p}`, policy === 'none' ? null : policy]
    .filter((each) => each !== null)
    .join(', ')

/** Pairs of one policy or condition against another. */
function pairs(better: (name: string) => boolean, worse: (name: string) => boolean) {
  return (found: Found['ppl']) =>
    found.pairs
      .filter((pair) => better(pair.better) && worse(pair.worse))
      .map((pair) => {
        const names = pair.k === null ? `${pair.better} against ${pair.worse}, ` : ''
        return { at: `${names}${whereOf(pair)}`, value: pair.difference, ci: pair.ci, n: pair.n }
      })
}

const named = (name: string) => (other: string) => other === name
const isK = (name: string): boolean => name.startsWith('k ')

/** The two arms of an ablation over the first tokens and over all, as the paper's tables have them. */
function byLength({ pairs: all }: AblationResult) {
  return all
    .filter(({ arms: [a, b] }) => a === 'without' && b === 'with')
    .toSorted((a, b) => a.length - b.length)
    .map(({ difference, ci, n, length }) => ({ at: `first ${length} tokens`, value: difference, ci, n }))
}

export const statements: readonly Statement[] = [
  {
    name: 'speed-up grows with context',
    statement: 'The longer the context, the larger the gain in TTFT.',
    paper: '1.14x at 512 tokens, 16.5x at 16,384 (k 16, cached; Figure 2)',
    measure: 'speed-up at the longest context over that at the shortest',
    neutral: 1,
    source: 'ttft',
    trials: growth,
  },
  {
    name: 'larger k is faster',
    statement: 'k = 32 answers sooner than k = 16, and k = 16 sooner than k = 8.',
    paper: '9.2x, 16.5x and 30.9x at 16,384 tokens (k 8, 16, 32, cached; Figures 2, 8, 9)',
    measure: fastest,
    neutral: 1,
    source: 'ttft',
    trials: byK,
  },
  {
    name: 'larger k foretells worse',
    statement: 'Log-perplexity rises from k = 8 to 16 to 32.',
    paper: '1.062, 1.076 and 1.103 nats a token on ArXiv (s = o = 2,048; Table 1)',
    measure: cheaper,
    neutral: 0,
    source: 'ppl',
    trials: pairs(isK, isK),
  },
  {
    name: 'chunks beat the truncated context',
    statement: 'All chunks, compressed, foretell better than as many of the last tokens.',
    paper: '1.124 against 1.267 nats a token on ArXiv (k 8, s = 2,048, o = 512; Table 1)',
    measure: cheaper,
    neutral: 0,
    source: 'ppl',
    trials: pairs(named('refrag'), named('truncated')),
  },
  {
    name: 'learned beats perplexity-descending',
    statement: 'At equal rate the learned policy foretells better than expanding the chunks of highest perplexity.',
    paper: '1.033 against 1.039 nats a token on ArXiv (k 16, rate 8.02; Figure 3)',
    measure: cheaper,
    neutral: 0,
    source: 'ppl',
    trials: pairs(named('learned'), named('perplexity-descending')),
  },
  {
    name: 'perplexity-descending beats random',
    statement: 'At equal rate expanding the chunks of highest perplexity foretells better than expanding random ones.',
    paper: '1.039 against 1.041 nats a token on ArXiv (k 16, rate 8.02; Figure 3)',
    measure: cheaper,
    neutral: 0,
    source: 'ppl',
    trials: pairs(named('perplexity-descending'), named('random')),
  },
  {
    name: 'random beats perplexity-ascending',
    statement: 'At equal rate expanding random chunks foretells better than expanding those of lowest perplexity.',
    paper: '1.041 against 1.046 nats a token on ArXiv (k 16, rate 8.02; Figure 3)',
    measure: cheaper,
    neutral: 0,
    source: 'ppl',
    trials: pairs(named('random'), named('perplexity-ascending')),
  },
  {
    name: 'curriculum helps',
    statement: 'Reconstruction is learnt better by stages of growing length than at full length from the start.',
    paper: '0.135 with, 1.599 nats a token without (P2048; Table 11)',
    measure: cheaper,
    neutral: 0,
    source: 'curriculum',
    trials: byLength,
  },
  {
    name: 'reconstruction first helps',
    statement: 'Continual pre-training goes further from an encoder that has learnt to reconstruct.',
    paper: '1.453 with, 1.544 nats a token without (P2048; Table 12)',
    measure: cheaper,
    neutral: 0,
    source: 'reconstruction',
    trials: byLength,
  },
  {
    name: 'more passages at equal latency',
    statement: 'At equal latency more passages, compressed, answer better than few in full.',
    paper: '+1.2 points over 16 tasks with a strong retriever, +1.9 with a weak one (8 passages against 1; Figure 4)',
    measure: 'exact match of compressed less that of full context',
    neutral: 0,
    source: 'qa',
    trials: ({ pairs: all }) =>
      all
        .filter(({ equal }) => equal === 'latency')
        .map(({ retriever, k, p, passages, fullPassages, difference, ci, n }) => ({
          at: `${retriever} retriever, k ${k}, p ${p}, ${passages} against ${fullPassages}`,
          value: difference,
          ci,
          n,
        })),
  },
]

/** Judges every statement whose measurement there is. */
export function judgeClaims(found: Partial<Found>, seed: number): readonly Claim[] {
  const judge = <Name extends MeasurementName>({ trials: tried, ...rest }: Statement<Name>): readonly Claim[] => {
    const own = found[rest.source as Name]
    if (own === undefined) return []
    const trials = tried(own as never, seed).map((each) => trial(each, rest.neutral))
    return [{ ...rest, trials, verdict: together(trials) }]
  }
  return statements.flatMap((statement) => judge(statement))
}
