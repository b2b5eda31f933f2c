/** Which tokens of the context plans expand, laid over each other: runs of different k are aligned by token span. */
import type { Run } from './run.ts'

/** How one run feeds the decoder a stretch of a passage; `absent` where it did not read the passage. */
export type Fed = 'expanded' | 'compressed' | 'absent'

/** Tokens [from, to) of a passage within which no run changes its mind. */
export type Stretch = {
  readonly passage: string
  readonly title: string
  readonly from: number
  readonly to: number
  /** The text of the smallest chunk around it. */
  readonly text: string
  /** Run by run. */
  readonly fed: readonly Fed[]
  /** The chunk of each run that it lies in, by index; null where absent. */
  readonly chunks: readonly (number | null)[]
}

/** Tokens of stretches by what two runs do with them. */
export type Agreement = {
  readonly both: number
  readonly onlyFirst: number
  readonly onlySecond: number
  readonly neither: number
  /** In a passage that only one of them read. */
  readonly unshared: number
}

type Read = Pick<Run, 'chunks' | 'passages'>
type Placed = {
  readonly from: number
  readonly to: number
  readonly index: number
  readonly expanded: boolean
  readonly text: string
}

/** Every passage that any run read, in the order of the first run that did, cut where any run cuts. */
export function alignDecisions(runs: readonly Read[]): readonly Stretch[] {
  const placed = runs.map(placeChunks)
  const passages = new Map(runs.flatMap((run) => run.passages.map((passage) => [keyOf(passage), passage] as const)))
  const titles = [...passages.values()].map(({ title }) => title)
  return [...passages].flatMap(([key, { id: passage, title: given, text: words }]) => {
    // Passages of one document may share a title: their first words tell them apart.
    const title =
      given === '' || titles.filter((other) => other === given).length > 1 ? words.trim().slice(0, 80) : given
    const own = placed.map((byPassage) => byPassage.get(key) ?? [])
    const cuts = [...new Set(own.flatMap((chunks) => chunks.flatMap(({ from, to }) => [from, to])))].toSorted(
      (a, b) => a - b,
    )
    return cuts.slice(0, -1).map((from, at): Stretch => {
      const to = cuts[at + 1] ?? from
      const around = own.map((chunks) => chunks.find((chunk) => chunk.from <= from && to <= chunk.to) ?? null)
      const smallest = around.reduce(
        (best, chunk) => (chunk && (!best || chunk.to - chunk.from < best.to - best.from) ? chunk : best),
        null,
      )
      return {
        passage,
        title,
        from,
        to,
        text: smallest?.text ?? '',
        fed: around.map((chunk) => (chunk === null ? 'absent' : chunk.expanded ? 'expanded' : 'compressed')),
        chunks: around.map((chunk) => chunk?.index ?? null),
      }
    })
  })
}

/** What the runs at two places of `fed` do with the same tokens. */
export function agreementOf(stretches: readonly Stretch[], first: number, second: number): Agreement {
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0, unshared: 0 }
  for (const { fed, from, to } of stretches) {
    const [a, b] = [fed[first] ?? 'absent', fed[second] ?? 'absent']
    if (a === 'absent' && b === 'absent') continue
    counts[relationOf(a, b)] += to - from
  }
  return counts
}

export function relationOf(a: Fed, b: Fed): keyof Agreement {
  if (a === 'absent' || b === 'absent') return 'unshared'
  if (a === b) return a === 'expanded' ? 'both' : 'neither'
  return a === 'expanded' ? 'onlyFirst' : 'onlySecond'
}

/** Indexes number their passages alike: only the same text is the same passage. */
const keyOf = ({ id, text }: Run['passages'][number]): string => `${id} ${text}`

/** Chunks of each passage by their tokens, counted from the passage's first. */
function placeChunks({ chunks, passages }: Read): ReadonlyMap<string, readonly Placed[]> {
  const keys = new Map(passages.map((passage) => [passage.id, keyOf(passage)]))
  const placed = new Map<string, Placed[]>()
  for (const { passage, index, tokens, expanded, text } of chunks) {
    const key = keys.get(passage) ?? passage
    const own = placed.get(key) ?? []
    const from = own.at(-1)?.to ?? 0
    own.push({ from, to: from + tokens, index, expanded, text })
    placed.set(key, own)
  }
  return placed
}
