/** The tables of `bench ttft`: the speed-up, what eats the rest of the bound, and memory. */
import type { TtftRow } from './bench.ts'
import { columnsFor, tableOf, type Table } from './table.ts'

const ms = { unit: 'ms', better: 'lower', digits: 1 } as const
const mib = { unit: 'MiB', better: 'lower', digits: 1 } as const
const times = { better: 'higher', digits: 2 } as const

const { text, integer, number, flag, interval } = columnsFor<TtftRow>()
const arm = [
  integer('context', 'context'),
  integer('k', 'k'),
  number('p', 'p', { digits: 2 }),
  flag('cached', 'cached'),
]

const speedColumns = [
  text('arch', 'shape'),
  ...arm,
  integer('n', 'n'),
  number('full_ms', 'full', ms, ({ fullMs }) => fullMs),
  interval('full_quartiles', 'quartiles', { digits: 1 }, ({ fullQuartiles }) => fullQuartiles),
  number('refrag_ms', 'refrag', ms, ({ refragMs }) => refragMs),
  interval('refrag_quartiles', 'quartiles', { digits: 1 }, ({ refragQuartiles }) => refragQuartiles),
  number('speedup', 'speedup', times),
  number('bound', 'bound', { digits: 2 }),
  number('of_bound', 'of bound', times, ({ boundShare }) => boundShare),
  number('paper', 'paper', { digits: 2 }),
  number('full_ttit', 'full TTIT', ms, ({ full }) => full.ttitMs),
  number('refrag_ttit', 'refrag TTIT', ms, ({ refrag }) => refrag.ttitMs),
  number('full_kv', 'full KV', mib, ({ full }) => full.kvBytes / 2 ** 20),
  number('refrag_kv', 'refrag KV', mib, ({ refrag }) => refrag.kvBytes / 2 ** 20),
  text('disturbed', 'disturbed', {}, ({ disturbed }) => (disturbed.length === 0 ? null : disturbed.join('; '))),
]

const restColumns = [
  ...arm,
  number('ideal', 'ideal', ms, ({ rest }) => rest.idealMs),
  number('prefill', 'prefill', ms, ({ rest }) => rest.prefillMs),
  number('logits', 'of it logits', ms, ({ rest }) => rest.logitsMs),
  number('encode', 'encode', ms, ({ rest }) => rest.encodeMs),
  number('layout', 'layout', ms, ({ rest }) => rest.layoutMs),
  number('host', 'host', ms, ({ rest }) => rest.hostMs),
]

const memoryColumns = [
  ...arm,
  number('full_peak', 'full peak', mib, ({ full }) => full.memory?.peakMiB ?? null),
  number('refrag_peak', 'refrag peak', mib, ({ refrag }) => refrag.memory?.peakMiB ?? null),
  number('full_base', 'full base', mib, ({ full }) => full.memory?.baseMiB ?? null),
  number('refrag_base', 'refrag base', mib, ({ refrag }) => refrag.memory?.baseMiB ?? null),
  number('full_needs', 'full needs', mib, ({ full }) => full.neededMiB),
  number('refrag_needs', 'refrag needs', mib, ({ refrag }) => refrag.neededMiB),
]

/** Full context against REFRAG: medians and quartiles of interleaved repeats, then the rest, then memory where it was weighed. */
export function ttftTables(rows: readonly TtftRow[]): readonly Table[] {
  const weighed = rows.filter(({ full, refrag }) => full.memory !== null || refrag.memory !== null)
  return [
    tableOf('ttft', 'Time to first token, full context against REFRAG.', speedColumns, rows),
    tableOf('rest', 'Milliseconds beyond the operations at the pace of full context.', restColumns, rows),
    tableOf('memory', 'Memory of each arm in a process of its own.', memoryColumns, weighed),
  ]
}
