/** The tables of `bench ttft`: times beside bound and paper, phases, what stands below the bound, memory. */
import type { TtftRow } from './bench.ts'
import type { TtftArm, TtftPhases } from './latency.ts'
import { columnsFor, tableOf, type Table } from './table.ts'

const ms = { unit: 'ms', better: 'lower', digits: 1 } as const
const mib = { unit: 'MiB', better: 'lower', digits: 1 } as const
const mebi = 2 ** 20

const ttft = columnsFor<TtftRow>()
const where = [
  ttft.text('arch', 'shape'),
  ttft.integer('context', 'context'),
  ttft.integer('k', 'k'),
  ttft.number('p', 'p', { digits: 2 }),
  ttft.flag('cached', 'cached'),
  ttft.integer('batch', 'batch'),
]
const timeColumns = [
  ...where,
  ttft.integer('n', 'n'),
  ttft.number('full_ms', 'full', ms, ({ fullMs }) => fullMs),
  ttft.interval('full_quartiles', 'quartiles', { digits: 1 }, ({ fullQuartiles }) => fullQuartiles),
  ttft.number('refrag_ms', 'refrag', ms, ({ refragMs }) => refragMs),
  ttft.interval('refrag_quartiles', 'quartiles', { digits: 1 }, ({ refragQuartiles }) => refragQuartiles),
  ttft.number('speedup', 'speedup', { better: 'higher', digits: 2 }),
  ttft.number('bound', 'bound', { digits: 2 }),
  ttft.number('of_bound', 'of bound', { better: 'higher', digits: 2 }, ({ boundShare }) => boundShare),
  ttft.number('paper', 'paper', { digits: 2 }),
  ttft.number('full_ttit_ms', 'full TTIT', ms, ({ full }) => full.ttitMs),
  ttft.number('refrag_ttit_ms', 'refrag TTIT', ms, ({ refrag }) => refrag.ttitMs),
  ttft.text('disturbed', 'disturbed', {}, ({ disturbed }) => disturbed.join('; ')),
]
const restColumns = [
  ...where,
  ttft.number('ideal_ms', 'ideal', ms, ({ rest }) => rest.idealMs),
  ttft.number('prefill_ms', 'prefill', ms, ({ rest }) => rest.prefillMs),
  ttft.number('logits_ms', 'of it logits', ms, ({ rest }) => rest.logitsMs),
  ttft.number('encode_ms', 'encode', ms, ({ rest }) => rest.encodeMs),
  ttft.number('layout_ms', 'layout', ms, ({ rest }) => rest.layoutMs),
  ttft.number('host_ms', 'host', ms, ({ rest }) => rest.hostMs),
]
function held({ memory }: TtftArm): number | null {
  return typeof memory?.kvBytes === 'number' ? memory.kvBytes / mebi : null
}

const memoryColumns = [
  ...where,
  ttft.number('full_kv_mib', 'full KV', mib, ({ full }) => full.kvBytes / mebi),
  ttft.number('refrag_kv_mib', 'refrag KV', mib, ({ refrag }) => refrag.kvBytes / mebi),
  ttft.number('full_needed_mib', 'full needs', mib, ({ full }) => full.neededMiB),
  ttft.number('refrag_needed_mib', 'refrag needs', mib, ({ refrag }) => refrag.neededMiB),
  ttft.number('full_peak_mib', 'full peak', mib, ({ full }) => full.memory?.peakMiB ?? null),
  ttft.number('refrag_peak_mib', 'refrag peak', mib, ({ refrag }) => refrag.memory?.peakMiB ?? null),
  ttft.number('full_held_mib', 'full KV held', mib, ({ full }) => held(full)),
  ttft.number('refrag_held_mib', 'refrag KV held', mib, ({ refrag }) => held(refrag)),
  ttft.number('full_base_mib', 'full base', mib, ({ full }) => full.memory?.baseMiB ?? null),
  ttft.number('refrag_base_mib', 'refrag base', mib, ({ refrag }) => refrag.memory?.baseMiB ?? null),
]

const phaseNames = [
  'select',
  'lookUp',
  'encode',
  'project',
  'layout',
  'prefill',
  'sample',
  'other',
] as const satisfies readonly (keyof TtftPhases)[]
type Phased = Pick<TtftRow, 'context'> & { readonly arm: string; readonly times: TtftArm }
const phased = columnsFor<Phased>()
const phaseColumns = [
  phased.integer('context', 'context'),
  phased.text('arm', 'arm'),
  phased.integer('positions', 'positions', {}, ({ times }) => times.positions),
  phased.number('ttft_ms', 'TTFT', ms, ({ times }) => times.ttftMs),
  ...phaseNames.map((name) =>
    phased.number(`${name}_ms`, name, { ...ms, digits: 2 }, ({ times }) => times.phases[name]),
  ),
  phased.number('ttit_ms', 'per token', { ...ms, digits: 2 }, ({ times }) => times.ttitMs),
]

/** The arms of the rows, full context once a context. */
function phasesOf(rows: readonly TtftRow[]): readonly Phased[] {
  return rows.flatMap((row, i): Phased[] => {
    const { context, k, p, cached } = row
    const first = rows.findIndex((each) => each.context === context) === i
    const own = { context, arm: `k ${k}, p ${p}, ${cached ? 'cached' : 'uncached'}`, times: row.refrag }
    return first ? [{ context, arm: 'full context', times: row.full }, own] : [own]
  })
}

/** Medians and quartiles of interleaved repeats, where the time goes, and what it holds. */
export function ttftTables(rows: readonly TtftRow[]): readonly Table[] {
  return [
    tableOf('ttft', 'Time to first token, full context against REFRAG.', timeColumns, rows),
    tableOf('ttft-phases', 'TTFT by phase, medians.', phaseColumns, phasesOf(rows)),
    tableOf(
      'ttft-rest',
      'What stands between each row and its bound: beyond the operations at the pace of full context.',
      restColumns,
      rows,
    ),
    tableOf('ttft-memory', 'KV cache and memory, computed and measured.', memoryColumns, rows),
  ]
}
